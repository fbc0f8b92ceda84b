import { inPlayground } from "./playground";

/** `npm start`: the main job, for real, on this machine. */

const NEXT = `
Made, at the sandbox that plays the vendor: a live stream with a ladder of two rungs, and its stream key.
The program is examples/quickstart/index.ts; state and vendor data are in .sandbox/.

See the key     npm run pulumi -- stack output --show-secrets
Change a rung   edit bitrateKbps in examples/quickstart/index.ts, then: npm run pulumi -- preview --diff
Rotate the key  npm run pulumi -- config set trigger "left the team" && npm run pulumi -- up
Look for drift  npm run pulumi -- refresh
Again, a no-op  npm start
Take it down    npm run pulumi -- destroy
Start afresh    rm -rf .sandbox
`;

void inPlayground(async ({ pulumi }) => {
  const status = await pulumi("up", "--yes", "--skip-preview");
  if (status === 0) console.log(NEXT);
  return status;
});
