/// E108: `extends` and `--set`.
extension Explanation {
  private static let baseText =
    "attune: 1\nname: base\nobjective: {minimize: loss}\nparameters: {lr: {float: [0, 1]}}\nsearch: {strategy: random}\nbudget: {trials: 10}\ntrial: {run: 'python train.py ${args}', inputs: []}\n"
  private static let base = Example.File.text(baseText)

  static let composition = [
    Explanation(
      "E1080", "What an experiment extends cannot be read",
      """
      `extends` names a file by its path relative to the file that it stands in, and there is none, or it cannot \
      be read.
      """,
      wrong: Example("extends: bsae.yaml", files: ["base.yaml": base]),
      right: Example("extends: base.yaml", files: ["base.yaml": base])),
    Explanation(
      "E1081", "The path of what is extended is absolute",
      """
      An experiment is a file in a repository, and on another machine it lies elsewhere: the path is relative to \
      the file that it stands in.
      """,
      wrong: Example("extends: /home/me/base.yaml", files: ["base.yaml": base]),
      right: Example("extends: base.yaml", files: ["base.yaml": base])),
    Explanation(
      "E1082", "What is extended lies outside of the project",
      """
      A file that is not in the repository is not there for anyone else, and may change without a trace. The \
      project is the git repository that the experiment lies in or else its folder; links are followed.
      """,
      wrong: Example("extends: base.yaml", files: ["base.yaml": .link(to: "/etc/hostname")]),
      right: Example("extends: base.yaml", files: ["base.yaml": base])),
    Explanation(
      "E1083", "An experiment extends itself",
      """
      What a file extends is read first, and here that would never end: the message shows the way round.
      """,
      wrong: Example(
        "extends: base.yaml", files: ["base.yaml": "extends: experiment.yaml\n"],
        shown: "extends: base.yaml\n# in base.yaml: `extends: experiment.yaml`"),
      right: Example("extends: base.yaml", files: ["base.yaml": base])),
    Explanation(
      "E1085", "There is nothing to remove",
      """
      `null` takes a key away that what is extended has, and so does an empty value of `--set`. There is no such \
      key: most likely its name is misspelt.
      """,
      wrong: Example("extends: base.yaml\nstopping: null", files: ["base.yaml": base]),
      right: Example(
        "extends: base.yaml\ndescription: null", files: ["base.yaml": .text("description: a text\n" + baseText)])),
    Explanation(
      "E1086", "A setting has no value",
      """
      `--set` takes the path of a key, an equals sign and the value, which is YAML: `--set budget.trials=20`, \
      `--set 'parameters.lr.float=[0, 1]'`.
      """,
      wrong: Example("name: test", settings: ["budget.trials"]),
      right: Example("name: test", settings: ["budget.trials=20"])),
    Explanation(
      "E1087", "A list has no such element",
      """
      A number in a path names an element of a list, counted from 0. To add an element, set the whole list.
      """,
      wrong: Example("stopping: [{plateau: {trials: 3}}]", settings: ["stopping.1.plateau.trials=4"]),
      right: Example("stopping: [{plateau: {trials: 3}}]", settings: ["stopping.0.plateau.trials=4"])),
    Explanation(
      "E1088", "A path leads into a single value",
      """
      Every part of the path but the last names a mapping or a list. A value that is neither has nothing below it.
      """,
      wrong: Example("name: test", settings: ["name.first=x"]),
      right: Example("name: test", settings: ["name=x"])),
  ]
}
