//! CORS for actix-web, declared per handler.
