"""Erlang's models at 25 digits, by sums over states and integrals over waiting times."""

from mpmath import mp, mpf, quad

mp.dps = 25


def odds(load, agents):
    """1/B - 1 by the continuous extension: 1/B = a * integral of exp(-a t) (1 + t)**c."""
    a, c = mpf(load), mpf(agents)
    if c == int(c):
        total, term = mpf(0), mpf(1)
        for k in range(int(c), 0, -1):
            term *= k / a
            total += term
            if term < total * mpf(10) ** -45:
                break
        return total
    return mp.exp(a - c * mp.log(a)) * mp.gammainc(c + 1, a) - 1


def erlang_c(load, agents, within):
    """P(wait), P(served within), both from the odds; time in handle times."""
    a, c, t = mpf(load), mpf(agents), mpf(within)
    e = odds(load, agents)
    wait = c / ((c - a) * (1 + e) + a)
    return {"p_wait": wait, "service_level": 1 - wait * mp.exp(-(c - a) * t)}


def erlang_a(load, agents, hangup, within):
    """All measures; waits by integrating the density of the virtual wait."""
    a, c, r, t = mpf(load), mpf(agents), mpf(hangup), mpf(within)

    def density(u):
        return mp.exp(a / r * -mp.expm1(-r * u) - c * u)

    # the density peaks where load * exp(-hangup * u) = agents
    top = mp.log(a / c) / r if a > c else mpf(0)
    width = 1 / (mp.sqrt(r * c) + max(0, c - a))
    ends = sorted(
        {
            mpf(0),
            t,
            top,
            *(top + k * width for k in (-20, -12, -8, -5, -3, -2, -1, 1, 2, 3, 5, 8, 12, 20, 60)),
        }
    )
    # beyond its peak it falls at least like exp(-(agents - load * exp(-hangup * u)) u)
    ends = sorted({u for u in ends if u >= 0} | {ends[-1] + k / c for k in (1, 4, 10, 30, 100)})

    def integral(f, start):
        points = [start, *(u for u in ends if u > start)]
        return quad(f, points, method="gauss-legendre")

    whole = integral(density, mpf(0))
    # the states below `agents` weigh odds / agents where the wait weighs its integral
    wait = whole / (odds(load, agents) / c + whole)
    norm = wait / whole
    virtual = norm * integral(density, t)
    late = norm * integral(lambda u: density(u) * mp.exp(-r * u), t)
    answered_waiting = norm * integral(lambda u: density(u) * mp.exp(-r * u), mpf(0))
    lost = wait - answered_waiting
    delayed = norm * integral(lambda u: u * density(u) * mp.exp(-r * u), mpf(0))
    still = virtual * mp.exp(-r * t)
    offered = 1 - lost - late
    return {
        "p_wait": wait,
        "p_abandon": lost,
        "queue_length": a * lost / r,
        "occupancy": a * (1 - lost) / c,
        "relative_wait_answered": delayed / (1 - lost),
        "p_wait_exceeds": still,
        "p_virtual_exceeds": virtual,
        "offered": offered,
        "answered": offered / (1 - lost),
        "virtual": 1 - virtual,
        "exclude_early_abandons": offered / (offered + still),
        "early_abandons_met": 1 - still,
    }
