//! devcloud.
