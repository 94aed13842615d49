//! Tests of the feature `unstable-introspection`, which the workspace must not switch on.
