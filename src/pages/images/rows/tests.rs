use serde_json::json;

use super::*;
use crate::pages::images::query::Sort;

const PROJECT: &str = "p-own";

fn entry(json: serde_json::Value, offered: bool) -> Entry {
    Entry::new(serde_json::from_value(json).expect("an image"), &ProjectId::from(PROJECT), offered)
}

fn set() -> ImageSet {
    let mut set = ImageSet::default();
    for (json, offered) in [
        (
            json!({"id": "a1", "name": "debian-12", "visibility": "public", "owner": "p-cloud", "size": 400, "status": "active", "os_distro": "debian", "os_version": "12", "created_at": "2026-11-10T00:00:00Z"}),
            false,
        ),
        (
            json!({"id": "b2", "name": "debian-9", "visibility": "public", "owner": "p-cloud", "size": 900, "status": "active", "os_distro": "debian", "os_version": "9", "created_at": "2026-01-10T00:00:00Z"}),
            false,
        ),
        (
            json!({"id": "c3d5e7f9", "name": "Golden", "visibility": "private", "owner": PROJECT, "size": 7000, "status": "active", "tags": ["erp"], "created_at": "2026-11-20T00:00:00Z"}),
            false,
        ),
        (
            json!({"id": "d4", "name": "new", "visibility": "shared", "owner": PROJECT, "size": null, "status": "saving", "created_at": "2026-11-22T00:00:00Z"}),
            false,
        ),
        (
            json!({"id": "e5", "name": "theirs", "visibility": "shared", "owner": "p-team", "size": 50, "status": "active", "created_at": "2026-11-01T00:00:00Z"}),
            false,
        ),
        (
            json!({"id": "f6", "name": "offer", "visibility": "shared", "owner": "p-team", "size": 60, "status": "active", "created_at": "2026-11-02T00:00:00Z"}),
            true,
        ),
        (
            json!({"id": "g7", "name": "commons", "visibility": "community", "owner": PROJECT, "size": 3000, "status": "active", "created_at": "2026-10-02T00:00:00Z"}),
            false,
        ),
    ] {
        set.put(entry(json, offered));
    }
    set
}

fn shown(query: &ListQuery) -> String {
    let ids: Vec<String> =
        set().page(query).ids.iter().map(|id| id.as_str().chars().take(1).collect()).collect();
    ids.concat()
}

fn check_search(search: &str, expected: &str) {
    let query = ListQuery {
        sort: Sort { column: Column::Name, direction: Direction::Up },
        ..ListQuery::default()
    };
    assert_eq!(shown(&query.with_search(search)), expected, "{search:?}");
}

#[test]
fn search_looks_inside_name_id_tag_and_system() {
    check_search("DEB", "ba");
    check_search("erp", "c");
    check_search("c3d5e", "c");
    check_search("d5e7f9", "");
    check_search("c3", "");
    check_search("debian 12", "a");
    check_search("  ", "gbacdfe");
    check_search("no such", "");
    // Two words must not be found across the border of two fields as one.
    check_search("goldenc3", "");
}

#[test]
fn tabs_divide_by_owner_and_visibility() {
    let check = |tab, expected: &str| {
        let query = ListQuery {
            tab,
            sort: Sort { column: Column::Name, direction: Direction::Up },
            ..ListQuery::default()
        };
        assert_eq!(shown(&query), expected, "{tab:?}");
        assert_eq!(set().counts().get(tab.index()), Some(&expected.len()), "{tab:?}");
    };
    check(Tab::Public, "ba");
    check(Tab::Own, "gcd");
    check(Tab::Shared, "fe");
    check(Tab::Community, "g");
    check(Tab::All, "gbacdfe");
    assert_eq!(set().offers(), 1);
}

#[test]
fn columns_sort_both_ways_and_what_is_missing_comes_last() {
    let check = |column, direction, expected: &str| {
        let query = ListQuery { sort: Sort { column, direction }, ..ListQuery::default() };
        assert_eq!(shown(&query), expected, "{column:?} {direction:?}");
    };
    check(Column::Name, Direction::Down, "efdcabg");
    check(Column::Size, Direction::Up, "efabgcd");
    check(Column::Size, Direction::Down, "cgbafed");
    check(Column::System, Direction::Up, "bagcdfe");
    check(Column::System, Direction::Down, "abgcdfe");
    check(Column::Created, Direction::Down, "dcafegb");
    check(Column::Status, Direction::Down, "dfgbace");
}

#[test]
fn usage_counts_own_images_that_hold_data() {
    assert_eq!(set().usage(), Usage { stored: 2, stored_bytes: 10_000, empty: 1 });
}

#[test]
fn images_are_put_once_and_can_be_removed() {
    let mut set = set();
    assert_eq!(set.changing(), [ImageId::from("d4")]);
    set.put(entry(
        json!({"id": "d4", "name": "new", "owner": PROJECT, "status": "active", "size": 5}),
        false,
    ));
    assert_eq!((set.len(), set.changing()), (7, Vec::new()));
    set.remove(&ImageId::from("a1"));
    set.remove(&ImageId::from("a1"));
    assert_eq!(set.len(), 6);
    assert!(set.get(&ImageId::from("a1")).is_none());
    for id in ["b2", "c3d5e7f9", "d4", "e5", "f6", "g7"] {
        assert_eq!(
            set.get(&ImageId::from(id)).map(|entry| entry.image.id.clone()),
            Some(ImageId::from(id))
        );
    }
}

#[test]
fn ten_thousand_images_come_in_pages() {
    let mut set = ImageSet::default();
    for number in 0..10_050 {
        set.put(entry(json!({"id": format!("i{number}"), "name": format!("image-{number}"), "status": "active"}), false));
    }
    let by_name = ListQuery {
        sort: Sort { column: Column::Name, direction: Direction::Up },
        ..ListQuery::default()
    };
    let first = set.page(&by_name);
    assert_eq!((first.pages, first.matching, first.ids.len()), (101, 10_050, 100));
    assert_eq!(
        first.ids.get(9),
        Some(&ImageId::from("i9")),
        "numbers in names sort by their value"
    );
    let behind_the_end = set.page(&by_name.with_page(500));
    assert_eq!(
        (behind_the_end.page, behind_the_end.skipped, behind_the_end.ids.len()),
        (101, 10_000, 50)
    );
    assert_eq!(behind_the_end.ids.last(), Some(&ImageId::from("i10049")));
}
