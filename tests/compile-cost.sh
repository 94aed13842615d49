#!/usr/bin/env bash
# What `#[cors]` costs at compile time: 1,000 handlers with the attribute against the same handlers
# without it, and a clean build of cors-actix against actix-cors.
#
#     tests/compile-cost.sh [rounds]        # 5 rounds unless told
#
# `build` is `cargo build` in the dev profile, `check` is `cargo check`, both without incremental
# compilation and with the dependencies built before; `clean` is a build from nothing. Each figure
# is the median of the rounds, which alternate. Wall times mean something on an idle machine only;
# CPU times stand beside them for busy ones.
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
        measure cargo_in $name handlers build >> "$results/build-$name"
        touch "$work/$name/src/lib.rs"
        measure cargo_in $name handlers check >> "$results/check-$name"
    done
done
for ((round = 0; round < (rounds + 1) / 2; round++)); do
    for name in ours theirs; do
        rm -rf "$work/target-clean"
        measure cargo_in $name clean build >> "$results/clean-$name"
    done
done

# column 1 is wall, 2 is CPU
value() { awk -v column="$2" '{ print $column }' "$results/$1" | median; }
compare() {
    local column unit
    for column in 1 2; do
        unit=$([ $column = 1 ] && echo wall || echo CPU)
        awk -v what="$1, $unit" -v a="$(value "$2" $column)" -v b="$(value "$3" $column)" \
            'BEGIN { printf "%-32s %8.2f s against %8.2f s: %+.1f %%\n", what, a, b, (a / b - 1) * 100 }'
    done
}
compare "build, $handlers handlers" build-annotated build-plain
compare "check, $handlers handlers" check-annotated check-plain
awk -v a="$(value check-annotated 2)" -v b="$(value check-plain 2)" -v n=$handlers \
    'BEGIN { printf "%-32s %8.2f ms more\n", "check, each handler, CPU", (a - b) / n * 1000 }'
compare "clean build, or actix-cors" clean-ours clean-theirs
