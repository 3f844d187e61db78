// What the declarations name and the `lib` of a project may lack: one that is older, or without the DOM. Two declarations of one name are
// one. Where the platform itself has no `Symbol.dispose` there is no such method; `close()` does the same.

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  namespace WebAssembly {
    interface Module {}
  }
}

export {};
