import { inPlayground } from "./playground";

/** `npm run pulumi -- <arguments>`: the Pulumi CLI on the root program and the sandbox. */
void inPlayground(({ pulumi }) => pulumi(...process.argv.slice(2)));
