// Says in the page what this browser lacks. Written for old browsers too: no module, no newer syntax.
(function () {
  var place = document.getElementById("fallback-reason");
  var reason = "";
  if (!("noModule" in document.createElement("script"))) {
    reason = "This browser does not know JavaScript modules, of which the page is made.";
  } else if (typeof WebAssembly !== "object") {
    reason = "WebAssembly is missing or switched off in this browser; the page computes with it.";
  } else if (typeof Worker !== "function") {
    reason = "This browser does not allow workers, in which the page computes.";
  }
  if (place && reason) {
    place.className = "fallback-problem";
    place.textContent = reason + " Open it in a current Chrome, Edge, Firefox or Safari.";
  }
})();
