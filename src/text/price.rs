//! What storing images costs, from the configuration's price.

use crate::config::Price;

/// Hours of the month that prices are told for.
const HOURS: f64 = 30.0 * 24.0;
/// The configuration's price is for one of these, in bytes.
const GB: f64 = 1e9;

/// What storing so much costs: "0.024 SEK/h" and "17 SEK / 30 days".
pub fn of_storing(size_bytes: u64, price: &Price) -> (String, String) {
    // Exact enough: below 2^53 bytes.
    let hour = size_bytes as f64 / GB * price.image_gb_hour;
    let currency = &price.currency;
    (
        format!("{} {currency}/h", money(hour)),
        format!("{} {currency} / 30 days", money(hour * HOURS)),
    )
}

/// Two digits that count: "0.0012", "0.024", "1.7", "17", "1240".
fn money(amount: f64) -> String {
    match amount {
        a if a <= 0.0 => "0".to_owned(),
        a if a >= 10.0 => format!("{a:.0}"),
        a if a >= 1.0 => format!("{a:.1}"),
        a if a >= 0.1 => format!("{a:.2}"),
        a if a >= 0.01 => format!("{a:.3}"),
        a if a >= 0.000_05 => format!("{a:.4}"),
        _ => "under 0.0001".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_sums_keep_digits_that_count() {
        let check = |size_bytes: u64, hour: &str, month: &str| {
            let price = Price { image_gb_hour: 0.0012, currency: "SEK".into() };
            assert_eq!(of_storing(size_bytes, &price), (hour.to_owned(), month.to_owned()));
        };
        check(20_000_000_000, "0.024 SEK/h", "17 SEK / 30 days");
        check(200_000_000, "0.0002 SEK/h", "0.17 SEK / 30 days");
        check(0, "0 SEK/h", "0 SEK / 30 days");
    }
}
