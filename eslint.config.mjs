import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "node_modules/",
      "coverage/",
      ".pulumi/",
      ".sandbox/",
      "*.config.js",
      "scripts/require-node.js",
    ],
  },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are the rule here (statuses, bitrates), not an accident.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_" }],
      // Definitions are records of functions without `this`.
      "@typescript-eslint/unbound-method": "off",
      // Simulators keep their data as JSON objects by id.
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // What a test reads out of a state file or a sandbox is typed by the test.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
    },
  },
  { files: ["**/*.mjs", "bin/*.js"], extends: [tseslint.configs.disableTypeChecked] },
);
