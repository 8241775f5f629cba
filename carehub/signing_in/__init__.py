"""Who sits there: passwords, second factors, sessions, the locked and the turned screen."""
