import * as pulumi from "@pulumi/pulumi";

// `organization/<project>/<stack>`; where the backend is a bucket, a database or a folder, the organization is that very word.
const channels = new pulumi.StackReference(new pulumi.Config().require("channels"));

// An output that is secret there is secret here. `requireOutput` fails where it is missing; `getOutput` would be empty.
export const publishUrl = pulumi.interpolate`rtmp://ingest.example.test/live/${channels.requireOutput("streamKey")}`;
