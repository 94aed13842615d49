#!/usr/bin/env bash
# What `#[cors]` costs at compile time: 1,000 handlers with the attribute against the same handlers
# without it, and a clean build of cors-actix against actix-cors.
#
#     tests/compile-cost.sh [rounds]        # 5 rounds unless told
#
# `build` is the wall time of `cargo build` in the dev profile, `check` the CPU time of
# `cargo check`, both without incremental compilation and with the dependencies built before;
# `clean` is the wall time of a build from nothing. Each figure is the median of the rounds, which
# alternate, so that a busy machine slows both sides.
set -euo pipefail

rounds=${1:-5}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$root/target/compile-cost
handlers=1000
per_module=50
export CARGO_INCREMENTAL=0 CARGO_TERM_QUIET=true RUSTFLAGS=-Awarnings
TIMEFORMAT='%R %U %S'

# name, dependency, attribute
package() {
    mkdir -p "$work/$1/src"
    cat > "$work/$1/Cargo.toml" <<TOML
[package]
name = "$1"
edition = "2024"

[dependencies]
actix-web = { version = "4.18", default-features = false, features = ["macros"] }
$2

[workspace]
TOML
    cp "$root/Cargo.lock" "$work/$1/Cargo.lock"
}

# attribute of the n-th handler
handlers() {
    local module n
    for ((n = 0; n < handlers; n++)); do
        if ((n % per_module == 0)); then
            ((n == 0)) || echo "}"
            module=$((n / per_module))
            echo "mod m$module {"
            echo "    use actix_web::{HttpResponse, Responder, get, web};"
        fi
        [ -z "$1" ] || printf '    #[cors_actix::cors(origins = ["https://app%d.example.com"], credentials)]\n' "$n"
        echo "    #[get(\"/m$module/h$n/{id}\")]"
        echo "    pub(super) async fn h$n(id: web::Path<u64>) -> impl Responder {"
        echo "        HttpResponse::Ok().body(id.to_string())"
        echo "    }"
    done
    echo "}"
    echo "pub fn configure(config: &mut actix_web::web::ServiceConfig) {"
    for ((n = 0; n < handlers; n++)); do
        echo "    config.service(m$((n / per_module))::h$n);"
    done
    echo "}"
}

# seconds of wall and of CPU
measure() {
    { time "$@" > /dev/null 2>&1; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

cargo_in() {
    (cd "$work/$1" && CARGO_TARGET_DIR=$work/target-$2 cargo "${@:3}")
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

cors_actix="cors-actix = { path = \"$root/cors-actix\" }"
package plain "$cors_actix"
package annotated "$cors_actix"
package ours "$cors_actix"
package theirs 'actix-cors = "0.7"'
handlers "" > "$work/plain/src/lib.rs"
handlers cors > "$work/annotated/src/lib.rs"
echo 'pub use cors_actix::Cors;' > "$work/ours/src/lib.rs"
echo 'pub use actix_cors::Cors;' > "$work/theirs/src/lib.rs"

results=$work/results
rm -rf "$results" && mkdir -p "$results"
for name in plain annotated; do
    cargo_in $name handlers build
    cargo_in $name handlers check
done
for name in ours theirs; do
    cargo_in $name clean fetch
done
for ((round = 0; round < rounds; round++)); do
    for name in plain annotated; do
        touch "$work/$name/src/lib.rs"
        measure cargo_in $name handlers build | awk '{ print $1 }' >> "$results/build-$name"
        touch "$work/$name/src/lib.rs"
        measure cargo_in $name handlers check | awk '{ print $2 }' >> "$results/check-$name"
    done
done
for ((round = 0; round < (rounds + 1) / 2; round++)); do
    for name in ours theirs; do
        rm -rf "$work/target-clean"
        measure cargo_in $name clean build | awk '{ print $1 }' >> "$results/clean-$name"
    done
done

value() { median < "$results/$1"; }
compare() {
    awk -v what="$1" -v a="$(value "$2")" -v b="$(value "$3")" -v unit="$4" \
        'BEGIN { printf "%-34s %8.2f %s against %8.2f %s: %+.1f %%\n", what, a, unit, b, unit, (a / b - 1) * 100 }'
}
compare "build, $handlers handlers" build-annotated build-plain s
compare "check, $handlers handlers (CPU)" check-annotated check-plain s
awk -v a="$(value check-annotated)" -v b="$(value check-plain)" -v n=$handlers \
    'BEGIN { printf "%-34s %8.2f ms a handler more\n", "check (CPU)", (a - b) / n * 1000 }'
compare "clean build, against actix-cors" clean-ours clean-theirs s
