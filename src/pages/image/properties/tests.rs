use super::*;

fn image(json: serde_json::Value) -> Image {
    serde_json::from_value(json).expect("an image")
}

fn fact(image: &Image, own: bool, term: &str) -> Option<Value> {
    let viewer = Viewer { own, project: "erp" };
    let all = groups(image, viewer).into_iter().flat_map(|group| group.facts);
    all.into_iter().find(|(own, _)| *own == term).map(|(_, value)| value)
}

#[test]
fn a_full_record_is_told_in_words() {
    let image = image(serde_json::json!({
        "id": "i", "status": "active", "visibility": "private", "owner": "p", "protected": true,
        "disk_format": "qcow2", "container_format": "bare", "size": 19_884_113_920_u64, "virtual_size": 42_949_672_960_u64,
        "min_disk": 40, "min_ram": 2048, "stores": "rbd-1", "tags": ["golden"],
        "os_distro": "debian", "os_version": "12", "architecture": "x86_64", "hw_firmware_type": "uefi",
        "hw_machine_type": "q35", "hw_qemu_guest_agent": "yes", "os_admin_user": "debian",
        "hw_rescue_device": "cdrom", "hw_rescue_bus": "virtio", "build": "77", "os_glance_failed_import": "",
    }));
    let text = |words: &str| Some(Value::Text(words.to_owned()));
    assert_eq!(fact(&image, true, "Operating system"), text("Debian 12"));
    assert_eq!(fact(&image, true, "Firmware"), text("UEFI, machine q35"));
    assert_eq!(fact(&image, true, "Guest agent"), text("Yes"));
    assert_eq!(fact(&image, true, "Size"), text("19.9 GB, 40 GiB unpacked"));
    assert_eq!(fact(&image, true, "Owner"), text("erp"));
    assert_eq!(fact(&image, false, "Owner"), Some(Value::Code("p".to_owned())));
    assert_eq!(fact(&image, true, "Rescue disk"), text("cdrom on virtio"));
    assert_eq!(fact(&image, true, "Not stored in"), None);
    assert_eq!(others(&image), [("build".to_owned(), "77".to_owned())]);
}

#[test]
fn a_bare_record_says_what_is_not_known() {
    let bare =
        image(serde_json::json!({"id": "i", "status": "queued", "size": null, "owner": "p"}));
    assert_eq!(fact(&bare, true, "Operating system"), Some(Value::Missing("Not said")));
    assert_eq!(fact(&bare, true, "Size"), Some(Value::Missing("Known when the data is there")));
    assert_eq!(fact(&bare, true, "Smallest RAM"), Some(Value::Missing("Any")));
    assert_eq!(fact(&bare, true, "Firmware"), None);
}

#[test]
fn nothing_of_the_record_is_missing_from_the_list_by_api_names() {
    let json = serde_json::json!({
        "id": "i", "name": "n", "status": "active", "visibility": "public", "protected": false, "os_hidden": false,
        "owner": "p", "disk_format": "raw", "container_format": "bare", "size": 1, "virtual_size": null,
        "min_disk": 0, "min_ram": 0, "checksum": "c", "os_hash_algo": "sha512", "os_hash_value": "v",
        "created_at": "2026-11-22T17:58:41Z", "updated_at": "2026-11-22T17:58:42Z", "tags": ["a", "b"],
        "stores": "fast,slow", "os_glance_importing_to_stores": "", "any": "thing",
    });
    let keys: Vec<String> = json.as_object().expect("an object").keys().cloned().collect();
    let rows = as_the_api_names_them(&image(json));
    for key in keys {
        assert!(rows.iter().any(|(row, _)| *row == key), "{key}");
    }
    let value =
        |key: &str| rows.iter().find(|(row, _)| row == key).and_then(|(_, value)| value.clone());
    assert_eq!(value("virtual_size"), None);
    assert_eq!(value("tags").as_deref(), Some("a, b"));
    assert_eq!(value("created_at").as_deref(), Some("2026-11-22T17:58:41Z"));
}
