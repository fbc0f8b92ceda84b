/** The little that we use of fengari, a Lua written in JavaScript, which brings no types. */
declare module "fengari" {
  interface State {
    readonly lua: unique symbol;
  }
  export const lauxlib: {
    luaL_newstate(): State;
    /** Truthy when it failed; then the message is on top of the stack. */
    luaL_dostring(state: State, program: Uint8Array): number | boolean;
  };
  export const lualib: { luaL_openlibs(state: State): void };
  export const lua: { lua_tostring(state: State, index: number): Uint8Array };
  export function to_luastring(text: string): Uint8Array;
  export function to_jsstring(text: Uint8Array): string;
}
