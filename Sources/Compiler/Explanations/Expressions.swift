/// E406 and E407: the language of `when` and `constraints`.
extension Explanation {
  static let expressions = [
    Explanation(
      "E4060", "A condition cannot be read",
      """
      Conditions are comparisons of names, numbers, texts in quotes and what is calculated from them, joined by \
      `and`, `or` and `not`. Here something stands where it makes no sense: a value is missing, or an operator is.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers width <= 1024']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers * width <= 1024']
        """),
    Explanation(
      "E4061", "An operator of another language",
      """
      The language of conditions is Python's: `==`, `!=`, `and`, `or`, `not`, `**`. `attune check --fix` writes \
      them so.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers < 4 && width < 100']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers < 4 and width < 100']
        """),
    Explanation(
      "E4062", "Comparisons do not chain",
      """
      `1 < x < 3` means two comparisons in Python and something odd in most other languages, so it is written out.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['1 < layers < 4']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['1 < layers and layers < 4']
        """),
    Explanation(
      "E4063", "A text in a condition has no end",
      """
      A text begins and ends with the same quote, `"` or `'`; a backslash before a quote makes it a part of the \
      text.
      """,
      wrong: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == "sgd or width < 100]
        """,
      right: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == "sgd" or width < 100]
        """),
    Explanation(
      "E4064", "There is no such function",
      """
      The functions are `abs`, `min`, `max`, `floor`, `ceil`, `round`, `sqrt`, `log` and `exp`. A condition \
      decides which trials run, so it has no function whose value depends on anything but its arguments.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['square(width) < 10000']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['width ** 2 < 10000']
        """),
    Explanation(
      "E4065", "A function has too few or too many arguments",
      """
      `min` and `max` compare two values or more; the others are of one value.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['max(width) < 100']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['max(width, 32 * layers) < 100']
        """),
    Explanation(
      "E4066", "An operator is used with values of the wrong type",
      """
      Arithmetic and order are for numbers; `and`, `or` and `not` are for conditions. A condition that mixes them \
      would not mean what it looks like.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['not width > 100 and layers']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['not width > 100 and layers == 2']
        """),
    Explanation(
      "E4067", "Values of different types are compared",
      """
      A text is never equal to a number, so that the condition would always be false. The number was put in \
      quotes, or the quotes were left out.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers == "2"]
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: [layers == 2]
        """),
    Explanation(
      "E4068", "This is no condition",
      """
      A condition is true or false, and this is a number: the comparison is missing.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers * width']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers * width <= 1024']
        """),
    Explanation(
      "E4069", "A condition names something that is not there",
      """
      Names in `when` are parameters. Constraints may name metrics too: a name that is nearly a parameter's is \
      taken for a misspelt one, and any other for a metric that trials report. Texts stand in quotes.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers * widht <= 1024']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers * width <= 1024']
        """),
    Explanation(
      "E4070", "A text has no quotes",
      """
      In a condition a bare word is a name. This one is a value of the choice that it is compared with, so it was \
      most likely meant as a text; `attune check --fix` puts it in quotes.
      """,
      wrong: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == sgd or width < 100]
        """,
      right: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == "sgd" or width < 100]
        """),
    Explanation(
      "E4071", "A parameter never has this value",
      """
      It is compared with something that is none of its values, so the comparison would always come out the same. \
      Most likely the value is misspelt, or was taken out of the choice.
      """,
      wrong: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == "sdg" or width < 100]
        """,
      right: """
        parameters: {opt: {choice: [adam, sgd]}, width: {int: [16, 512]}}
        constraints: [opt == "sgd" or width < 100]
        """),
    Explanation(
      "E4072", "A condition is nested too deeply",
      """
      At most two hundred brackets and signs lie within one another: what generated this text most likely did not mean it.
      """,
      wrong: Example(
        "parameters: {width: {int: [16, 512]}}\nconstraints: ['"
          + String(repeating: "(", count: 220) + "width" + String(repeating: ")", count: 220) + " < 100']",
        shown: "constraints: ['((((((… width …)))))) < 100']"),
      right: "parameters: {width: {int: [16, 512]}}\nconstraints: ['(width) < 100']"),
    Explanation(
      "E4073", "A name with a dash reads as a difference",
      """
      In a condition `weight-decay` is `weight` minus `decay`. A name that would be read as a calculation is \
      written as a placeholder is: `${weight-decay}`.
      """,
      wrong: """
        parameters: {weight-decay: {float: [0, 1]}, lr: {float: [0, 1]}}
        constraints: [weight-decay <= lr]
        """,
      right: """
        parameters: {weight-decay: {float: [0, 1]}, lr: {float: [0, 1]}}
        constraints: ['${weight-decay} <= lr']
        """),
    Explanation(
      "E4074", "A placeholder may have no value",
      """
      The parameter is inactive in some trials, and then nothing could be put in the place of its placeholder. \
      `${args}` leaves inactive parameters out, and so does the file that ATTUNE_PARAMS names.
      """,
      wrong: """
        parameters:
          optimizer: {choice: [adam, sgd]}
          momentum: {float: [0.5, 0.99], when: optimizer == "sgd"}
        trial: {run: 'python train.py ${optimizer} ${momentum}', inputs: []}
        """,
      right: """
        parameters:
          optimizer: {choice: [adam, sgd]}
          momentum: {float: [0.5, 0.99], when: optimizer == "sgd"}
        trial: {run: 'python train.py ${args}', inputs: []}
        """),
    Explanation(
      "E4075", "A list of `in` holds something that is calculated",
      """
      `in` asks whether a value is one of some that are written down. To compare with what another parameter has, \
      write the comparisons out.
      """,
      wrong: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers in [1, width]']
        """,
      right: """
        parameters: {layers: {int: [1, 4]}, width: {int: [16, 512]}}
        constraints: ['layers == 1 or layers == width']
        """),
  ]
}
