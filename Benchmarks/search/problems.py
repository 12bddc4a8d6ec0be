"""The problems that optimisers are compared on: each a search space and a deterministic function to be minimised.

    python problems.py          lists them, with what an evaluation costs

A problem is told to every optimiser in its own words by optimisers.py. What is noisy adds noise that depends on the
problem, the seed and the number of the trial alone, so that all optimisers meet the same noise; they are judged by the
value without it.

Sources of the functions and of their optima:
  [SB]  Surjanovic and Bingham, Virtual Library of Simulation Experiments (Branin, Hartmann, Levy, Rosenbrock, Rastrigin,
        Styblinski-Tang, Goldstein-Price, Ackley)
  [Coe] Coello Coello, Computers in Industry 41 (2000): the pressure vessel; optimum 6059.714335 with plates in 1/16 inch
  [NK]  Kauffman and Weinberger, Journal of Theoretical Biology 141 (1989): landscapes of N sites, each with K others
  [ZDT] Zitzler, Deb and Thiele, Evolutionary Computation 8 (2000)
The rest is of our own making, and so are the shifts, rotations and trees.
"""

import functools
import itertools
import math
import time
import warnings
import zlib
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Parameter:
    """`when` is a choice's name and those of its values under which this one is active; None means always."""

    name: str
    kind: str  # "float", "int" or "choice"
    low: float = 0
    high: float = 0
    log: bool = False
    values: tuple = ()
    ordered: bool = False
    when: tuple = None

    def at(self, unit):
        """The value at a share of the range, from 0 to 1."""
        if self.kind == "choice":
            return self.values[min(int(unit * len(self.values)), len(self.values) - 1)]
        half = 0.5 if self.kind == "int" else 0.0
        low, high = self.low - half, self.high + half
        value = low * (high / low) ** unit if self.log else low + unit * (high - low)
        if self.kind == "int":
            value = math.floor(value + 0.5)
        return min(max(value, self.low), self.high)


def real(name, low, high, log=False, when=None):
    return Parameter(name, "float", low, high, log, when=when)


def whole(name, low, high, log=False, when=None):
    return Parameter(name, "int", low, high, log, when=when)


def choice(name, *values, ordered=False, when=None):
    return Parameter(name, "choice", values=values, ordered=ordered, when=when)


def reals(count, low, high, when=None, prefix="x"):
    return [real(f"{prefix}{index}", low, high, when=when) for index in range(count)]


def active(space, point):
    """The point without what its choices leave inactive; parents stand before their children in every space."""
    kept = {}
    for parameter in space:
        if parameter.when is None or kept.get(parameter.when[0]) in parameter.when[1]:
            kept[parameter.name] = point[parameter.name]
    return kept


def below(space, when):
    """The parameters that a value of a choice, (name, value), opens; those that are always active for None."""
    if when is None:
        return [parameter for parameter in space if parameter.when is None]
    return [parameter for parameter in space if parameter.when and parameter.when[0] == when[0] and when[1] in parameter.when[1]]


@dataclass(frozen=True)
class Problem:
    name: str
    group: str
    space: list
    function: callable  # of a dictionary of active parameters; a number, or a tuple with several objectives
    optimum: float = None  # the least value; None where nobody knows it
    noise: float = 0.0  # standard deviation
    reference: tuple = field(default=())  # with several objectives: the point up to which hypervolume is measured

    @property
    def objectives(self):
        return max(1, len(self.reference))

    def noise_of(self, seed, trial):
        """The same for every optimiser, so that none is luckier than another."""
        if not self.noise:
            return 0.0
        key = [zlib.crc32(self.name.encode()), seed, trial]
        return self.noise * np.random.default_rng(key).standard_normal()


def vector(point, prefix="x"):
    names = [name for name in point if name.startswith(prefix) and name[len(prefix):].isdigit()]
    return np.array([point[name] for name in sorted(names, key=lambda name: int(name[len(prefix):]))], dtype=float)


# Functions of the literature, of a vector.

def branin(x):
    a, b = x
    return (b - 5.1 / (4 * np.pi**2) * a * a + 5 / np.pi * a - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10


def hartmann(scales, centres, x):
    weights = np.array([1.0, 1.2, 3.0, 3.2])
    return -float(weights @ np.exp(-(np.array(scales) * (x - 1e-4 * np.array(centres)) ** 2).sum(axis=1)))


HARTMANN3 = functools.partial(
    hartmann, [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
    [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]])
HARTMANN6 = functools.partial(
    hartmann,
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
    [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
     [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])


def rosenbrock(x):
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


def rastrigin(x):
    return float((x * x - 10 * np.cos(2 * np.pi * x) + 10).sum())


def levy(x):
    w = 1 + (x - 1) / 4
    inner = ((w[:-1] - 1) ** 2 * (1 + 10 * np.sin(np.pi * w[:-1] + 1) ** 2)).sum()
    return float(np.sin(np.pi * w[0]) ** 2 + inner + (w[-1] - 1) ** 2 * (1 + np.sin(2 * np.pi * w[-1]) ** 2))


def styblinski_tang(x):
    return float((x**4 - 16 * x * x + 5 * x).sum() / 2)


def ackley(x):
    return float(20 - 20 * np.exp(-0.2 * np.sqrt((x * x).mean())) + np.e - np.exp(np.cos(2 * np.pi * x).mean()))


def goldstein_price(x):
    a, b = x
    first = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b)
    return float(first * (30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b)))


def ellipsoid(x):
    """Half-axes from 1 to 1,000: values over many orders of magnitude."""
    return float((10 ** (6 * np.arange(len(x)) / (len(x) - 1)) * x * x).sum())


def moved(function, dimensions, salt, spread, turned=False):
    """The function with its centre within +-spread of the middle, and with its axes turned: none is favoured by symmetry."""
    generator = np.random.default_rng(salt)
    centre = generator.uniform(-spread, spread, dimensions)
    turn = np.linalg.qr(generator.standard_normal((dimensions, dimensions)))[0] if turned else np.eye(dimensions)
    return lambda x: function(turn @ (x - centre))


def of_reals(name, group, count, low, high, function, optimum, noise=0.0):
    return Problem(name, group, reals(count, low, high), lambda p: float(function(vector(p))), optimum, noise)


def continuous():
    yield Problem(
        "branin", "smooth", [real("x0", -5, 10), real("x1", 0, 15)], lambda p: float(branin(vector(p))), 0.39788735773)
    yield of_reals("hartmann3", "smooth", 3, 0, 1, HARTMANN3, -3.86278215)
    yield of_reals("hartmann6", "smooth", 6, 0, 1, HARTMANN6, -3.32236801)
    yield of_reals("rosenbrock4", "smooth", 4, -5, 10, rosenbrock, 0.0)
    yield of_reals("rastrigin5-moved", "smooth", 5, -5.12, 5.12, moved(rastrigin, 5, 11, 3), 0.0)
    yield of_reals("levy8", "smooth", 8, -10, 10, levy, 0.0)
    yield of_reals("styblinski-tang6", "smooth", 6, -5, 5, styblinski_tang, -39.16616570377 * 6)
    yield of_reals("ackley10-turned", "smooth", 10, -10, 10, moved(ackley, 10, 12, 4, turned=True), 0.0)


def badly_scaled():
    yield of_reals("goldstein-price", "scaled", 2, -2, 2, goldstein_price, 3.0)
    yield of_reals("ellipsoid6-turned", "scaled", 6, -5, 5, moved(ellipsoid, 6, 13, 3, turned=True), 0.0)
    space = [real("rate", 1e-6, 1, log=True), real("decay", 1e-8, 1e-1, log=True), real("momentum", 0, 0.999)]
    yield Problem("diverging", "scaled", space, diverging, 1.0)


def diverging(p):
    """Like a loss over a learning rate that is safe up to a point: a slow valley on one side, an explosion on the other."""
    effective = math.log10(p["rate"] / (1 - p["momentum"]))
    return 1 + (effective + 2) ** 2 * (10 if effective > -2 else 0.3) + (math.log10(p["decay"]) + 4) ** 2 / 20 \
        + math.expm1(min(max(0.0, 9 * (effective + 1)), 50.0)) + 2 * (p["momentum"] - 0.9) ** 2


def noisy():
    yield Problem(
        "branin-noisy", "noisy", [real("x0", -5, 10), real("x1", 0, 15)], lambda p: float(branin(vector(p))),
        0.39788735773, noise=2.0)
    yield of_reals("hartmann6-noisy", "noisy", 6, 0, 1, HARTMANN6, -3.32236801, noise=0.3)
    yield of_reals("levy4-noisy", "noisy", 4, -10, 10, levy, 0.0, noise=3.0)


# Mixed and conditional spaces.

def mixed():
    space = reals(3, -5, 5) + [whole(f"n{index}", -6, 6) for index in range(3)] \
        + [choice("rule", "a", "b", "c", "d"), choice("mode", "on", "off"), choice("size", 1, 2, 4, 8, 16, ordered=True)]
    yield Problem("ackley-mixed", "mixed", space, ackley_mixed, 0.0)
    vessel = [whole("shell", 1, 99), whole("head", 1, 99), real("radius", 10, 200), real("length", 10, 200)]
    yield Problem("pressure-vessel", "mixed", vessel, pressure_vessel, 6059.714335)
    sites = [choice(f"s{index}", "a", "b", "c") for index in range(8)]
    yield Problem("nk-choices8", "mixed", sites, nk_choices, nk_least())


def ackley_mixed(p):
    x = vector(p) - np.array([1.3, -2.1, 0.6])
    n = vector(p, "n") - np.array([2, -3, 1])
    shift = {"a": 1.0, "b": 0.0, "c": 2.0, "d": 3.0}[p["rule"]]
    tilt = 0.0 if (p["mode"] == "on") == (p["rule"] in "bc") else 1.5
    return ackley(np.concatenate([x, n, [shift, tilt, math.log2(p["size"]) - 3]]))


def pressure_vessel(p):
    """The cost of a vessel; what breaks a rule costs more in proportion. Plates come in sixteenths of an inch."""
    shell, head, radius, length = p["shell"] / 16, p["head"] / 16, p["radius"], p["length"]
    cost = 0.6224 * shell * radius * length + 1.7781 * head * radius**2 \
        + 3.1661 * shell**2 * length + 19.84 * shell**2 * radius
    volume = math.pi * radius**2 * length + 4 / 3 * math.pi * radius**3
    broken = [0.0193 * radius - shell, 0.00954 * radius - head, (1296000 - volume) / 1296000]
    return cost + sum(1e5 * max(0.0, excess) for excess in broken)


@functools.cache
def nk_tables():
    return np.random.default_rng(14).uniform(size=(8, 3, 3, 3))


def nk_value(sites):
    tables = nk_tables()
    return sum(tables[site][sites[site]][sites[(site + 1) % 8]][sites[(site + 3) % 8]] for site in range(8)) / 8


def nk_choices(p):
    return float(nk_value(["abc".index(p[f"s{site}"]) for site in range(8)]))


@functools.cache
def nk_least():
    return float(min(nk_value(sites) for sites in itertools.product(range(3), repeat=8)))


def conditional():
    branches = [choice("branch", "flat", "wide", "deep", "steep")] + reals(2, 0, 1, ("branch", ("flat",)), "f") \
        + reals(4, -5, 5, ("branch", ("wide",)), "w") + reals(3, 0, 1, ("branch", ("deep",)), "d") \
        + reals(2, -2, 2, ("branch", ("steep",)), "s") + [real("shared", 1e-3, 1e3, log=True)]
    yield Problem("hidden-branch", "conditional", branches, hidden_branch, 0.0)
    yield Problem("nested-tree", "conditional", nested_space(), nested_tree, 0.0)
    depths = [choice("layers", 1, 2, 3, 4, ordered=True)]
    depths += [whole(f"width{level}", 4, 256, log=True, when=("layers", tuple(range(level, 5)))) for level in range(1, 5)]
    depths += [choice("optimizer", "sgd", "adam"), real("rate", 1e-5, 1, log=True),
               real("momentum", 0, 0.99, when=("optimizer", ("sgd",))),
               real("beta", 0.8, 0.999, when=("optimizer", ("adam",)))]
    yield Problem("layered-net", "conditional", depths, layered_net, 0.0)


def hidden_branch(p):
    """Three branches are good at once and never very good; the best value is in the one that is poor on the average."""
    away = math.log10(p["shared"])
    match p["branch"]:
        case "flat":
            return 1.2 + float(((vector(p, "f") - 0.5) ** 2).sum()) + 0.1 * abs(away)
        case "wide":
            return 0.9 + rastrigin(vector(p, "w") - 1) / 30 + 0.05 * abs(away - 1)
        case "deep":
            return 3.86278215 + HARTMANN3(vector(p, "d")) + 0.2 * (away + 1) ** 2
        case "steep":
            return 0.6 + math.log10(goldstein_price(vector(p, "s")) / 3) + 0.1 * away**2


def nested_space():
    space = [choice("model", "linear", "trees", "net"), real("penalty", 1e-6, 1e2, log=True, when=("model", ("linear",)))]
    space += [choice("growth", "best", "level", when=("model", ("trees",))),
              whole("leaves", 2, 512, log=True, when=("growth", ("best",))),
              whole("depth", 1, 16, when=("growth", ("level",))),
              real("share", 0.1, 1, when=("model", ("trees",)))]
    return space + [choice("schedule", "constant", "cosine", "steps", when=("model", ("net",))),
                    real("rate", 1e-5, 1, log=True, when=("model", ("net",))),
                    whole("warmup", 0, 50, when=("schedule", ("cosine",))),
                    real("gamma", 0.1, 0.99, when=("schedule", ("steps",))),
                    whole("every", 1, 30, when=("schedule", ("steps",)))]


def nested_tree(p):
    """Two levels of choices; the least value is at steps with a rate, a factor and a period that must fit each other."""
    if p["model"] == "linear":
        return 0.5 + 0.05 * (math.log10(p["penalty"]) + 1) ** 2
    if p["model"] == "trees":
        size = math.log2(p["leaves"]) - 6 if p["growth"] == "best" else p["depth"] - 7
        return (0.3 if p["growth"] == "best" else 0.35) + 0.02 * size**2 + (p["share"] - 0.6) ** 2
    rate = math.log10(p["rate"]) + 2
    if p["schedule"] == "constant":
        return 0.4 + 0.3 * (rate + 1) ** 2
    if p["schedule"] == "cosine":
        return 0.2 + 0.3 * rate**2 + 0.0005 * (p["warmup"] - 10) ** 2
    fit = 30 * (math.log(p["gamma"]) / p["every"] - math.log(0.7) / 5)
    return 0.3 * (rate - 0.5) ** 2 + 0.1 * fit**2 + 0.5 * (p["gamma"] - 0.7) ** 2


def layered_net(p):
    """A depth and a width for each layer, of which only those count that there are; three layers that narrow are best."""
    wanted = {1: (7,), 2: (7, 5), 3: (7, 6, 4), 4: (7, 6, 5, 4)}[p["layers"]]
    widths = [math.log2(p[f"width{level}"]) for level in range(1, p["layers"] + 1)]
    loss = {1: 0.8, 2: 0.3, 3: 0.0, 4: 0.2}[p["layers"]] + 0.08 * sum((a - b) ** 2 for a, b in zip(widths, wanted))
    rate = math.log10(p["rate"])
    if p["optimizer"] == "sgd":
        return loss + 0.15 * (rate - math.log10(1 - p["momentum"])) ** 2 + 0.3 * (p["momentum"] - 0.9) ** 2
    return loss + 0.1 + 0.3 * (rate + 3) ** 2 + (p["beta"] - 0.9) ** 2


# Machine learning on what comes with scikit-learn; small, so that searching is most of the work.

@functools.cache
def data(name, rows):
    """Features between 0 and 1 and labels, half to learn from and half to judge by."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    features, labels = getattr(datasets, f"load_{name}")(return_X_y=True)
    keep = np.random.default_rng(15).permutation(len(labels))[:rows]
    features = features[keep]
    features = (features - features.min(axis=0)) / np.maximum(np.ptp(features, axis=0), 1e-12)
    return train_test_split(features, labels[keep], test_size=0.5, random_state=0)


def error(model, name, rows):
    """The share of mistakes, or of unexplained variance; 1 where the model cannot be fitted."""
    learn, judge, wanted, truth = data(name, rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = 1 - float(model.fit(learn, wanted).score(judge, truth))
        except (ValueError, FloatingPointError, OverflowError):
            return 1.0
    return min(result, 1.0) if math.isfinite(result) else 1.0


def learning():
    svm = [real("C", 1e-3, 1e4, log=True), real("gamma", 1e-5, 1e2, log=True)]
    yield Problem("svm-digits", "learning", svm, svm_digits)
    forest = [whole("trees", 2, 16), whole("depth", 1, 12), real("features", 0.05, 1), whole("leaf", 1, 20, log=True),
              choice("criterion", "gini", "entropy")]
    yield Problem("forest-digits", "learning", forest, forest_digits)
    net = [whole("width", 2, 48, log=True), real("rate", 1e-4, 1, log=True), real("alpha", 1e-7, 10, log=True),
           choice("activation", "relu", "tanh", "logistic"), choice("batch", 16, 32, 64, ordered=True)]
    yield Problem("mlp-wine", "learning", net, mlp_wine)
    boosting = [real("rate", 1e-3, 1, log=True), whole("trees", 5, 60, log=True), whole("depth", 1, 6),
                real("rows", 0.2, 1), real("features", 0.1, 1)]
    yield Problem("boosting-diabetes", "learning", boosting, boosting_diabetes)
    yield Problem("pipeline-cancer", "learning", pipeline_space(), pipeline_cancer)


def svm_digits(p):
    from sklearn.svm import SVC
    return error(SVC(C=p["C"], gamma=p["gamma"]), "digits", 400)


def forest_digits(p):
    from sklearn.ensemble import RandomForestClassifier
    return error(RandomForestClassifier(
        p["trees"], criterion=p["criterion"], max_depth=p["depth"], max_features=p["features"],
        min_samples_leaf=p["leaf"], random_state=0), "digits", 400)


def mlp_wine(p):
    from sklearn.neural_network import MLPClassifier
    return error(MLPClassifier(
        (p["width"],), activation=p["activation"], alpha=p["alpha"], batch_size=p["batch"],
        learning_rate_init=p["rate"], max_iter=15, random_state=0), "wine", 178)


def boosting_diabetes(p):
    from sklearn.ensemble import GradientBoostingRegressor
    return error(GradientBoostingRegressor(
        learning_rate=p["rate"], n_estimators=p["trees"], max_depth=p["depth"], subsample=p["rows"],
        max_features=p["features"], random_state=0), "diabetes", 300)


def pipeline_space():
    return [choice("scaler", "none", "standard", "quantile"),
            whole("quantiles", 5, 100, when=("scaler", ("quantile",))),
            choice("model", "svm", "neighbours", "tree", "logistic"),
            choice("kernel", "rbf", "poly", when=("model", ("svm",))), real("C", 1e-3, 1e3, True, ("model", ("svm", "logistic"))),
            real("gamma", 1e-4, 10, True, ("kernel", ("rbf",))), whole("degree", 2, 4, when=("kernel", ("poly",))),
            whole("neighbours", 1, 40, True, ("model", ("neighbours",))),
            choice("weights", "uniform", "distance", when=("model", ("neighbours",))),
            whole("depth", 1, 12, when=("model", ("tree",))), real("prune", 1e-5, 1e-1, True, ("model", ("tree",)))]


def pipeline_cancer(p):
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import QuantileTransformer, StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier
    scaler = {"none": lambda: "passthrough", "standard": StandardScaler,
              "quantile": lambda: QuantileTransformer(n_quantiles=p["quantiles"])}[p["scaler"]]()
    model = {
        "svm": lambda: SVC(C=p["C"], kernel=p["kernel"], gamma=p.get("gamma", "scale"), degree=p.get("degree", 3)),
        "neighbours": lambda: KNeighborsClassifier(p["neighbours"], weights=p["weights"]),
        "tree": lambda: DecisionTreeClassifier(max_depth=p["depth"], ccp_alpha=p["prune"], random_state=0),
        "logistic": lambda: LogisticRegression(C=p["C"], max_iter=100)}[p["model"]]()
    return error(make_pipeline(scaler, model), "breast_cancer", 400)


# Two objectives.

def several():
    yield Problem("zdt1-6", "several", reals(6, 0, 1), functools.partial(zdt, False), reference=(1.1, 6.0))
    yield Problem("zdt3-4", "several", reals(4, 0, 1), functools.partial(zdt, True), reference=(1.1, 6.0))
    space = [choice("arch", "small", "wide", "deep"), whole("units", 8, 512, log=True),
             whole("blocks", 1, 8, when=("arch", ("deep",))), real("rate", 1e-4, 1, log=True), real("drop", 0, 0.8)]
    yield Problem("quick-and-right", "several", space, quick_and_right, reference=(2.0, 3.0))


def zdt(wavy, p):
    x = vector(p)
    rest = 1 + 9 * x[1:].mean()
    wave = x[0] / rest * math.sin(10 * math.pi * x[0]) if wavy else 0.0
    return float(x[0]), float(rest * (1 - math.sqrt(x[0] / rest) - wave))


def quick_and_right(p):
    """Like a network's error beside the logarithm of its cost: larger is better and slower, each kind in its own way."""
    blocks = p.get("blocks", 1)
    capacity = math.log2(p["units"]) * {"small": 0.7, "wide": 1.0, "deep": 0.8}[p["arch"]] + 0.8 * math.log2(blocks)
    cost = math.log10(p["units"] ** {"small": 1.0, "wide": 1.4, "deep": 1.2}[p["arch"]] * blocks) - 1
    rate = math.log10(p["rate"]) + 2 + 0.15 * blocks
    wrong = 0.1 + 1.5 * math.exp(-capacity / 3) + 0.15 * rate**2 + (p["drop"] - 0.04 * capacity) ** 2
    return wrong, cost


def hypervolume(points, reference):
    """The area between the reference and what some point of two objectives is at least as good as."""
    area, lowest = 0.0, reference[1]
    for first, second in sorted(points):
        if first < reference[0] and second < lowest:
            area += (reference[0] - first) * (lowest - second)
            lowest = second
    return area


GROUPS = (continuous, badly_scaled, noisy, mixed, conditional, learning, several)
PROBLEMS = {problem.name: problem for group in GROUPS for problem in group()}
# What `make bench-search` runs: one of each kind that costs little.
SMALL = ("branin", "hartmann6", "ellipsoid6-turned", "hartmann6-noisy", "ackley-mixed", "hidden-branch", "svm-digits")


def selected(text):
    """`all`, `small`, or names and groups with commas between them."""
    names = {"all": list(PROBLEMS), "small": SMALL}.get(text, text.split(","))
    return [problem for problem in PROBLEMS.values() if problem.name in names or problem.group in names]


def main():
    generator = np.random.default_rng(0)
    print("| problem | group | parameters | least value | ms an evaluation |\n|---|---|---|---|---|")
    for problem in PROBLEMS.values():
        points = [{p.name: p.at(generator.random()) for p in problem.space} for _ in range(20)]
        problem.function(active(problem.space, points[0]))
        begin = time.process_time()
        for point in points:
            problem.function(active(problem.space, point))
        cost = (time.process_time() - begin) * 1000 / len(points)
        least = "unknown" if problem.optimum is None else f"{problem.optimum:.6g}"
        print(f"| {problem.name} | {problem.group} | {len(problem.space)} | {least} | {cost:.2f} |")


if __name__ == "__main__":
    main()
