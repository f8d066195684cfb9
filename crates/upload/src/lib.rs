//! The pure upload engine.
