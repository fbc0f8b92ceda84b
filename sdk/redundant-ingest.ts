import * as pulumi from "@pulumi/pulumi";
import type { KeyGeneration, KeyRotation } from "./key-rotation";

/** One of the two ways in: any resource with a key, and the URL that an encoder publishes to. */
export interface IngestSide {
  /** The resource that owns the key. */
  key: pulumi.Resource & { keyGeneration: pulumi.Output<KeyGeneration> };
  /** Publish URL with the key. */
  publishUrl: pulumi.Input<string | undefined>;
}

/** Arguments of {@link RedundantIngest}. */
export interface RedundantIngestArgs {
  /** When the keys are rotated: the primary's in one `pulumi up`, the backup's in the next. */
  keyRotation?: KeyRotation;
  /** Makes the primary. Give the key the rotation and the options that are passed in. */
  primary: (keyRotation: KeyRotation, options: pulumi.CustomResourceOptions) => IngestSide;
  /** Makes the backup: the same channel at another vendor, or a second time at the same one. */
  backup: (keyRotation: KeyRotation, options: pulumi.CustomResourceOptions) => IngestSide;
}

/**
 * The same channel twice, for an encoder with a primary and a backup target. Both keys are never rotated in one
 * `pulumi up`, whatever makes them due (schedule, trigger, `streamkeys:rotateAll`): the backup's waits for the next run,
 * so an encoder that has to be told a new key always has one target that works. A backup that waits goes before a primary
 * that is due again.
 */
export class RedundantIngest extends pulumi.ComponentResource {
  /** Publish URL of the primary. Secret. */
  readonly primaryUrl: pulumi.Output<string | undefined>;
  /** Publish URL of the backup. Secret. */
  readonly backupUrl: pulumi.Output<string | undefined>;

  /**
   * Declares both sides.
   * @param name name of the component in the program
   * @param args the two sides, and when to rotate
   * @param opts component options
   */
  constructor(name: string, args: RedundantIngestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamkeys:index:RedundantIngest", name, {}, opts);
    const { keyRotation = {} } = args;
    const primary = args.primary({ ...keyRotation, leads: true }, { parent: this });
    // A unit test with mocks may know of no generation.
    const notWith = primary.key.keyGeneration.apply((now: KeyGeneration | undefined) => now?.since);
    const backup = args.backup({ ...keyRotation, notWith }, { parent: this });
    this.primaryUrl = pulumi.secret(primary.publishUrl);
    this.backupUrl = pulumi.secret(backup.publishUrl);
    this.registerOutputs({ primaryUrl: this.primaryUrl, backupUrl: this.backupUrl });
  }
}
