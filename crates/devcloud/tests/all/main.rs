//! devcloud from outside, over HTTP: one program, because to link thirty would take longer than to run them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod compute_contract;
mod compute_groups;
mod compute_labels;
mod compute_rescue;
mod compute_servers;
mod compute_snapshot;
mod compute_volumes;
mod contract_calls;
mod contract_comparison;
mod contract_keystone;
mod faults;
mod identity;
mod image_contract;
mod image_formats;
mod image_list;
mod image_privacy;
mod image_upload;
mod network_api;
mod object_contract;
mod object_cors;
mod object_import;
mod object_store;
mod openstack_cli;
mod openstack_cli_blocks;
mod openstack_cli_servers;
mod release;
mod serving;
mod support;
mod volume_api;
mod volume_snapshots;
mod volume_upload;
