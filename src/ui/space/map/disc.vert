// A square that faces the camera, a disc of which is drawn; one instance a slot.
precision highp float;

uniform mat4 modelViewMatrix;
uniform mat4 projectionMatrix;
uniform float radius;
uniform float columns;

in vec3 position; // corner, -1..1
in vec3 center;
in vec3 ring;
in float scale;

out vec2 corner;
out vec3 ringColor;
flat out vec2 tile; // column and line in the atlas

void main() {
  vec4 middle = modelViewMatrix * vec4(center, 1.0);
  middle.xy += position.xy * radius * scale;
  gl_Position = projectionMatrix * middle;
  corner = position.xy;
  ringColor = ring;
  float row = float(gl_InstanceID);
  tile = vec2(mod(row, columns), floor(row / columns));
}
