#!/bin/sh
# What a footbridge costs, how far it sags under a crowd, and how hard its material is pressed.
# usage: sh bridge.sh --span METRES --material steel|timber --kind beam|truss|arch [--depth, --panels, --rise, …]
LC_ALL=C awk 'BEGIN {
    for (i = 1; i < ARGC; i += 2) p[substr(ARGV[i], 3)] = ARGV[i + 1]
    span = p["span"]; load = 12                                  # kN per metre
    if      (p["material"] == "steel")  { stiffness = 210; price = 60 }
    else if (p["material"] == "timber") { stiffness = 12;  price = 9 }
    else exit 2

    moment = load * span * span / 8                              # kN m
    if (p["kind"] == "beam") {
        volume = span * 0.3 * p["depth"]
        inertia = 0.3 * p["depth"] ^ 3 / 12
        stress = moment * p["depth"] / 2 / inertia
    } else if (p["kind"] == "truss") {
        area = 0.02
        volume = area * (2 * span + p["panels"] * 2 * p["depth"])
        inertia = area * p["depth"] ^ 2 / 2 * (1 - 1 / p["panels"])
        stress = moment / p["depth"] / area
    } else if (p["kind"] == "arch") {
        volume = 0.3 * p["thickness"] * (span + 8 * p["rise"] ^ 2 / (3 * span))
        inertia = 0.3 * p["thickness"] ^ 3 / 12 + 0.02 * p["rise"]
        stress = moment / p["rise"] / (0.3 * p["thickness"])
    } else exit 2
    sag = 5 * load * span ^ 4 / (384 * stiffness * 1e6 * inertia) - (p["camber"] + 0) / 1000
    printf "cost: %.1f\nsag: %.2f\nstress: %.2f\n", volume * price + p["camber"] * 0.02, (sag < 0 ? -sag : sag) * 1000, stress / 1000
}' "$@"
