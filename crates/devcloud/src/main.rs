//! devcloud binary.
fn main() {}
