//! The pure part of a CORS implementation: parsing, validation, merging and deciding of policies.
