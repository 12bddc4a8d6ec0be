/// Steps beside the search.
extension Explanation {
  static let steps = [
    Explanation(
      "E3050", "A confirmation of several objectives",
      """
      `confirm` runs the best trials again with fresh seeds, and takes the one that is the best then. With several objectives no \
      trial is the best. One of them can stay the objective, with constraints over the others.
      """,
      wrong: "objective: [{minimize: loss}, {minimize: size}]\nconfirm: {top: 3}",
      right: "objective: {minimize: loss}\nconstraints: [size < 10]\nconfirm: {top: 3}"),
    Explanation(
      "E3051", "A step that comes after one that is not there",
      """
      `after` names steps beside it: those of `prepare` come after others of `prepare`, those of `finally` after others of `finally`. \
      What is prepared comes before all trials, and `finally` after them, without being told so.
      """,
      wrong: "prepare: {features: {run: 'true', inputs: [], after: [download]}}",
      right: "prepare: {download: {run: 'true', inputs: []}, features: {run: 'true', inputs: [], after: [download]}}"),
    Explanation(
      "E3052", "Steps that come after each other",
      """
      A step begins when those named in its `after` have ended well, and those that make what it reads. Where each of them \
      waits for another one, none can begin. Nor can one that reads what it makes itself.
      """,
      wrong: "prepare: {a: {run: 'true', inputs: [], after: [b]}, b: {run: 'true', inputs: [], after: [a]}}",
      right: "prepare: {a: {run: 'true', inputs: []}, b: {run: 'true', inputs: [], after: [a]}}"),
    Explanation(
      "E3053", "An output of two steps",
      """
      Of two steps that make the same file, or one within the other's folder, which one made what is there would depend on \
      their order. Each is looked after by one step.
      """,
      wrong:
        "prepare: {a: {run: 'true', inputs: [], outputs: [data]}, b: {run: 'true', inputs: [], outputs: [data/b.csv]}}",
      right: "prepare: {a: {run: 'true', inputs: [], outputs: [a.csv]}, b: {run: 'true', inputs: [], outputs: [b.csv]}}"
    ),
    Explanation(
      "E3054", "An output elsewhere",
      """
      Outputs are files and folders below the experiment's folder: they are digested when they are made, and made again where they \
      are not there as they were. A step may write elsewhere as well, but that is not looked after. A pattern such as `*.csv` names none \
      of them: let the step write into a folder, and name that.
      """,
      wrong: "prepare: {a: {run: 'true', inputs: [], outputs: [/tmp/a.csv]}}",
      right: "prepare: {a: {run: 'true', inputs: [], outputs: [a.csv]}}"),
    Explanation(
      "E3055", "A trial's placeholder before there are trials",
      """
      What `prepare` makes is the same for all trials, so its commands have no parameters. A step that depends on one belongs into the \
      trial's own command. Placeholders in `finally` stand for the best trial.
      """,
      wrong: "prepare: {a: {run: 'make ${args}', inputs: []}}",
      right: "finally: {a: {run: 'make ${args}', inputs: []}}"),
    Explanation(
      "E3056", "A placeholder for the best of several objectives",
      """
      With several objectives the result is a front of trials, of which none is the best. A step in `finally` finds them in the \
      manifest, whose path is in `ATTUNE_MANIFEST`.
      """,
      wrong: "objective: [{minimize: loss}, {minimize: size}]\nfinally: {a: {run: 'make ${args}', inputs: []}}",
      right: "objective: [{minimize: loss}, {minimize: size}]\nfinally: {a: {run: make plots, inputs: []}}"),
    Explanation(
      "E3057", "A name that no step can have",
      """
      A step's name stands in messages and in the plan's graph, and `attune logs NAME` shows its output. It has up to 64 letters, \
      digits, `_`, `-` and `.`, and begins with none of `-` and `.`.
      """,
      wrong: "prepare: {my features: {run: 'true', inputs: []}}",
      right: "prepare: {my-features: {run: 'true', inputs: []}}"),
    Explanation(
      "E3058", "A name that no resource can have",
      """
      `named` says how much a trial needs of something that you name, such as a licence. `attune apply --resource NAME=3` says how much \
      there is, so the name has letters, digits, `_`, `-` and `.`, and begins with none of `-` and `.`.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], resources: {named: {my licence: 1}}}",
      right: "trial: {run: 'a ${args}', inputs: [], resources: {named: {licence: 1}}}"),
    Explanation(
      "E3066", "A part of a processor that is pinned",
      """
      With `pin_cpus` a trial runs on processors that no other trial of the apply has, as many as `cpus` says. A trial with half a processor \
      shares one with others, so there is nothing to pin.
      """,
      wrong: "trial: {run: 'a ${args}', inputs: [], resources: {cpus: 0.5, pin_cpus: true}}",
      right: "trial: {run: 'a ${args}', inputs: [], resources: {cpus: 2, pin_cpus: true}}"),
    Explanation(
      "W3024", "A confirmation by one run",
      """
      `confirm` runs the best trials again because the value that made a trial the best was lucky, too. With one new run each there is \
      another lucky or unlucky value, and no interval: how far values scatter shows from two on.
      """,
      wrong: "confirm: {top: 3, repeats: 1}",
      right: "confirm: {top: 3, repeats: 5}"),
  ]
}
