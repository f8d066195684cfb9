//! The console log: what a small Linux guest prints when it boots, with this server's own name, key and addresses.

use super::model::{Server, Source};
use super::states::VmState;
use crate::clock::at_micros;

/// The whole log so far; empty until the first boot.
pub fn log(server: &Server, addresses: &[(String, String)]) -> String {
    let mut out = String::new();
    // The host makes a new machine for the rescue, and a new machine begins a new log.
    if server.vm_state == VmState::Rescued {
        return one_boot(server, addresses, 1);
    }
    for boot in 1..=server.boots {
        out.push_str(&one_boot(server, addresses, boot));
    }
    out
}

/// The last `lines` lines; `None` or a negative number gives all.
pub fn tail(log: &str, lines: Option<i64>) -> String {
    match lines.and_then(|lines| usize::try_from(lines).ok()) {
        None => log.to_owned(),
        Some(lines) => {
            let all: Vec<&str> = log.lines().collect();
            all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
        }
    }
}

fn one_boot(server: &Server, addresses: &[(String, String)], boot: u32) -> String {
    let root = server.disks.first();
    let own = root.and_then(|disk| match &disk.source {
        Source::Image(facts) => Some(facts),
        _ => None,
    });
    let facts = server.rescue.as_ref().or(own);
    let property = |name: &str| {
        facts.and_then(|facts| facts.properties.get(name)).map_or("linux", String::as_str)
    };
    let system = match property("os_distro") {
        "linux" => "Linux".to_owned(),
        distro => format!("{} {}", distro, property("os_version")),
    };
    let device = root.map_or("/dev/vda", |disk| disk.device.as_str());
    let disk = device.trim_start_matches("/dev/");
    let size = root.map_or(0, |disk| disk.size_gib);
    let host = &server.hostname;
    let since = at_micros(server.created);
    let date = since.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut out = format!(
        "[    0.000000] Linux version 6.1.0-28-cloud-amd64 (devcloud) #1 SMP PREEMPT_DYNAMIC\n\
         [    0.000000] Command line: BOOT_IMAGE=/boot/vmlinuz root=LABEL=cloudimg-rootfs ro console=tty0 console=ttyS0,115200\n\
         [    0.000000] DMI: OpenStack Foundation OpenStack Nova, BIOS 1.16.2-debian 04/01/2014\n\
         [    0.412503] virtio_blk virtio1: [{disk}] {} 512-byte logical blocks ({size}.0 GB/{size}.0 GiB)\n\
         [    0.684119] EXT4-fs ({disk}1): mounted filesystem with ordered data mode\n\
         [    1.203377] systemd[1]: Hostname set to <{host}>.\n",
        size << 21
    );
    let first = if boot == 1 { "" } else { " (not the first boot)" };
    out.push_str(&format!(
        "[    2.871002] cloud-init[412]: Cloud-init v. 24.4 running 'init'{first} at {date}.\n"
    ));
    for (mac, ip) in addresses {
        out.push_str(&format!(
            "[    2.902114] cloud-init[412]: ci-info: |  ens3  | True | {ip:>15} | {mac} |\n"
        ));
    }
    match (&server.key_name, &server.public_key) {
        (Some(name), Some(_)) => out.push_str(&format!(
            "[    3.318841] cloud-init[412]: ci-info: authorized keys of the default user: {name}\n"
        )),
        _ => out.push_str(
            "[    3.318841] cloud-init[412]: ci-info: no authorized SSH keys fingerprints found.\n",
        ),
    }
    if server.user_data.is_some() {
        out.push_str("[    3.701275] cloud-init[498]: Cloud-init: user data was applied.\n");
    }
    out.push_str(&format!("[    4.120093] cloud-init[498]: Cloud-init finished at {date}. Datasource DataSourceOpenStackLocal [net,ver=2]\n"));
    out.push_str(&format!("\n{system} {host} ttyS0\n\n{host} login: \n"));
    out
}
