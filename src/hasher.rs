//! The hashing worker.
fn main() {}
