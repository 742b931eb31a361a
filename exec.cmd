@rem The npm scripts begin with exec, so that a signal to npm reaches the router. cmd.exe has no such command, and finds this file instead.
@%*
