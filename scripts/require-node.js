// Runs before everything else, on whatever Node there is: no syntax newer than that.
var major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  console.error(
    "pulumi-streamkeys needs Node 20 or newer; this is " + process.version + ". See https://nodejs.org.",
  );
  process.exit(1);
}
