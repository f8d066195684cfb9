//! The pure OpenStack client.
