use openstack::ProjectId;
use serde_json::json;

use super::super::query::Column;
use super::*;

const PROJECT: &str = "p-own";

fn entry(json: serde_json::Value, share: Option<Share>) -> Entry {
    Entry::new(serde_json::from_value(json).expect("an image"), &ProjectId::from(PROJECT), share)
}

fn set() -> ImageSet {
    let mut set = ImageSet::default();
    let offered = Some(Share::Offered);
    for (json, share) in [
        (
            json!({"id": "a1", "name": "debian-12", "visibility": "public", "owner": "p-cloud", "size": 400, "status": "active", "os_distro": "debian", "os_version": "12", "disk_format": "qcow2", "protected": true, "created_at": "2026-11-10T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "b2", "name": "debian-9", "visibility": "public", "owner": "p-cloud", "size": 900, "status": "active", "os_distro": "debian", "os_version": "9", "disk_format": "raw", "created_at": "2026-01-10T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "c3d5e7f9", "name": "Golden", "visibility": "private", "owner": PROJECT, "size": 7000, "status": "active", "tags": ["erp"], "disk_format": "raw", "created_at": "2026-11-20T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "d4", "name": "new", "visibility": "shared", "owner": PROJECT, "size": null, "status": "saving", "created_at": "2026-11-22T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "e5", "name": "theirs", "visibility": "shared", "owner": "p-team", "size": 50, "status": "active", "created_at": "2026-11-01T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "f6", "name": "offer", "visibility": "shared", "owner": "p-team", "size": 60, "status": "active", "created_at": "2026-11-02T00:00:00Z"}),
            offered,
        ),
        (
            json!({"id": "g7", "name": "commons", "visibility": "community", "owner": PROJECT, "size": 3000, "status": "active", "created_at": "2026-10-02T00:00:00Z"}),
            None,
        ),
        (
            json!({"id": "h8", "name": "refused", "visibility": "shared", "owner": "p-team", "size": 1, "status": "active", "created_at": "2026-10-01T00:00:00Z"}),
            Some(Share::Rejected),
        ),
        (
            json!({"id": "i9", "name": "old", "visibility": "public", "owner": "p-cloud", "size": 1, "status": "active", "os_hidden": true, "created_at": "2020-10-01T00:00:00Z"}),
            None,
        ),
    ] {
        set.put(entry(json, share));
    }
    set
}

fn query(text: &str) -> ListQuery {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    ListQuery::parse(|name| {
        pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    })
}

/// The first letters of the ids that a query shows.
fn check(text: &str, expected: &str) {
    let set = set();
    let found = set.find(&query(text));
    let ids: Vec<String> = found
        .rows
        .iter()
        .filter_map(|place| set.entry(*place))
        .map(|entry| entry.image.id.as_str().chars().take(1).collect())
        .collect();
    assert_eq!(ids.concat(), expected, "{text}");
}

#[test]
fn search_looks_inside_name_id_tag_and_system() {
    check("sort=name&q=DEB", "ba");
    check("q=erp", "c");
    check("q=c3d5e", "c");
    check("q=d5e7f9", "");
    check("q=c3", "");
    check("q=debian+12", "a");
    check("sort=name&q=++", "gbacdfe");
    check("q=no+such", "");
    // Two words must not be found across the border of two fields as one.
    check("q=goldenc3", "");
}

#[test]
fn tabs_divide_by_owner_and_visibility() {
    let counts = set().counts(false);
    for (tab, word, expected) in [
        (Tab::Public, "public", "ba"),
        (Tab::Own, "private", "gcd"),
        (Tab::Shared, "shared", "fhe"),
        (Tab::Community, "community", "g"),
        (Tab::All, "all", "gbacdfe"),
    ] {
        check(&format!("sort=name&tab={word}"), expected);
        assert_eq!(counts.get(tab.index()), Some(&expected.len()), "{tab:?}");
    }
    assert_eq!(set().offers(), 1);
}

#[test]
fn hidden_images_are_shown_on_request() {
    check("tab=public&sort=name&hidden=1", "bai");
    assert_eq!(set().counts(true).first(), Some(&3));
}

#[test]
fn columns_sort_both_ways_and_what_is_missing_comes_last() {
    check("sort=-name", "efdcabg");
    check("sort=size", "efabgcd");
    check("sort=-size", "cgbafed");
    check("sort=system", "bagcdfe");
    check("sort=-system", "abgcdfe");
    check("sort=-created", "dcafegb");
    check("sort=-status", "dfgbace");
    check("sort=format", "abcgdfe");
    check("sort=-format", "bcagdfe");
}

#[test]
fn facets_narrow_and_their_counts_follow_the_other_facets() {
    check("sort=name&os=debian", "ba");
    check("sort=name&os=debian&format=raw", "b");
    check("sort=name&os=debian&os=unknown&format=raw", "bc");
    check("protected=yes", "a");
    check("status=pending", "f");
    check("os=plan9", "");
    let counts = |text: &str, facet: Facet| {
        let (set, query) = (set(), query(text));
        let found = set.find(&query);
        let choices = set.choices(facet, &found, query.values(facet));
        let words: Vec<String> = choices
            .iter()
            .map(|choice| {
                let mark = if choice.chosen { "*" } else { "" };
                format!("{}{mark} {}", choice.value.key, choice.count)
            })
            .collect();
        words.join(", ")
    };
    assert_eq!(counts("", Facet::System), "debian 2, unknown 5");
    assert_eq!(counts("os=debian", Facet::System), "debian* 2, unknown 5");
    assert_eq!(counts("os=debian", Facet::Format), "qcow2 1, raw 1");
    assert_eq!(counts("format=raw", Facet::System), "debian 1, unknown 1");
    assert_eq!(counts("format=raw&q=golden", Facet::System), "unknown 1");
    assert_eq!(counts("os=plan9", Facet::System), "debian 2, plan9* 0, unknown 5");
    assert_eq!(counts("os=debian&protected=yes", Facet::Protected), "no 1, yes* 1");
}

#[test]
fn usage_counts_own_images_that_hold_data() {
    assert_eq!(set().usage(), Usage { stored: 2, stored_bytes: 10_000, empty: 1 });
}

#[test]
fn images_are_put_once_and_can_be_removed() {
    let mut set = set();
    assert_eq!(set.changing(), [ImageId::from("d4")]);
    let again = set.get(&ImageId::from("a1")).expect("an image");
    set.put((*again).clone());
    assert!(set.get(&ImageId::from("a1")).is_some_and(|same| Arc::ptr_eq(&same, &again)));
    set.put(entry(
        json!({"id": "d4", "name": "new", "owner": PROJECT, "status": "active", "size": 5}),
        None,
    ));
    assert_eq!((set.len(), set.changing()), (9, Vec::new()));
    set.remove(&ImageId::from("a1"));
    set.remove(&ImageId::from("a1"));
    assert_eq!(set.len(), 8);
    assert!(set.get(&ImageId::from("a1")).is_none());
    for id in ["b2", "c3d5e7f9", "d4", "e5", "f6", "g7", "h8", "i9"] {
        let id = ImageId::from(id);
        assert_eq!(set.get(&id).map(|entry| entry.image.id.clone()), Some(id));
    }
    assert_eq!(set.find(&query("os=debian")).rows.len(), 1);
}

#[test]
fn ten_thousand_images_are_found_in_order() {
    let mut set = ImageSet::default();
    for number in 0..10_050 {
        let distro = if number % 3 == 0 { "debian" } else { "ubuntu" };
        set.put(entry(json!({"id": format!("i{number}"), "name": format!("image-{number}"), "status": "active", "os_distro": distro}), None));
    }
    let found = set.find(&query("sort=name"));
    assert_eq!((found.rows.len(), found.in_tab), (10_050, 10_050));
    let tenth = found.rows.get(9).and_then(|place| set.entry(*place));
    assert_eq!(
        tenth.map(|entry| entry.image.id.as_str()),
        Some("i9"),
        "numbers in names sort by their value"
    );
    assert_eq!(set.find(&query("os=debian")).rows.len(), 3350);
    let sort = Sort { column: Column::Name, direction: Direction::Up };
    assert!(Arc::ptr_eq(&set.order(sort), &set.order(sort)), "an order is made once");
}

#[test]
fn an_image_that_comes_or_changes_takes_its_place_in_the_orders_that_are_made() {
    let image = |number: usize, size: usize| {
        let json = json!({"id": format!("i{number}"), "name": format!("image-{}", number * 7 % 50), "status": "active", "size": size});
        entry(json, None)
    };
    let names = |set: &ImageSet, sort: Sort| -> Vec<String> {
        let found = set.order(sort);
        let entries = found.iter().filter_map(|place| set.entry(*place));
        entries.map(|entry| entry.image.id.to_string()).collect()
    };
    let sorts = || {
        let both = [Direction::Up, Direction::Down];
        Column::EACH
            .into_iter()
            .flat_map(move |column| both.map(|direction| Sort { column, direction }))
    };
    let mut set = ImageSet::default();
    (0..40).for_each(|number| set.put(image(number, number)));
    sorts().for_each(|sort| drop(set.order(sort)));
    set.put(image(40, 12));
    set.put(image(7, 99));
    let mut anew = set.clone();
    anew.forget_orders();
    for sort in sorts() {
        assert_eq!(names(&set, sort), names(&anew, sort), "{sort:?}");
    }
    assert!(set.has(&image(7, 99)) && !set.has(&image(7, 98)));
}
