// The thumbnail on the ground's colour, inside a ring of the concept's colour. Opaque: nothing has to be sorted.
precision highp float;

uniform sampler2D atlas;
uniform float columns;
uniform vec3 back;

in vec2 corner;
in vec3 ringColor;
flat in vec2 tile;

out vec4 color;

const float inside = 0.86;  // radius at which the ring begins
const float picture = 0.8;  // half the thumbnail's side

void main() {
  float reach = length(corner);
  if (reach > 1.0) discard;
  vec2 place = vec2(corner.x, -corner.y) / picture * 0.5 + 0.5; // the atlas begins at its top
  bool isIn = all(greaterThan(place, vec2(0.01))) && all(lessThan(place, vec2(0.99)));
  vec4 thumb = isIn ? texture(atlas, (tile + place) / columns) : vec4(0.0);
  vec3 face = mix(back, thumb.rgb, thumb.a);
  color = vec4(reach > inside ? ringColor : face, 1.0);
}
