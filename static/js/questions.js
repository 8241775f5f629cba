// Hides questions that do not apply, as the answers change, and lets a new answer take the place of 'Still true'. The server
// decides for itself when the form comes in: this only spares reading. Nothing that was typed under a hidden question is cleared.
//
// A condition is true, false, or null where the answers do not tell yet (carehub/definitions/conditions.py).
(() => {
  "use strict";

  const blocks = new Map();
  document.querySelectorAll("[data-question]").forEach((block) => blocks.set(block.dataset.question, block));
  // A new answer overrules 'Still true' (carehub/definitions/typed.py). Ticking 'Still true' puts an answer aside; it comes back
  // when the box is unticked again.
  const fieldsOf = (block) =>
    [...block.querySelectorAll("input, select, textarea")].filter((field) => !/__(still|none)$/.test(field.name) && field.type !== "hidden");
  const ticked = (field) => ["radio", "checkbox"].includes(field.type);
  const aside = new WeakMap();
  const settle = (event) => {
    const block = event.target.closest("[data-question]");
    const still = block?.querySelector('input[name$="__still"]');
    if (!still) return;
    const fields = fieldsOf(block);
    if (fields.includes(event.target)) {
      if (fields.some((field) => (ticked(field) ? field.checked : field.value.trim()))) still.checked = false;
    } else if (event.target === still && event.type === "change") {
      for (const field of fields) {
        if (still.checked) {
          aside.set(field, ticked(field) ? field.checked : field.value);
          if (ticked(field)) field.checked = false;
          else field.value = "";
        } else if (aside.has(field)) {
          if (ticked(field)) field.checked = aside.get(field);
          else field.value = aside.get(field);
          aside.delete(field);
        }
      }
    }
  };
  document.addEventListener("input", settle);
  document.addEventListener("change", settle);

  const conditional = [...blocks.values()].filter((block) => block.dataset.shownIf);
  if (!conditional.length) return;
  const form = conditional[0].closest("form");
  const conditions = new Map(conditional.map((block) => [block.dataset.question, JSON.parse(block.dataset.shownIf)]));

  const known = (entered, name) => {
    const last = blocks.get(name).dataset.last;
    const none = entered.get(`${name}__none`) || "";
    const endings = ["", "_day", "_month", "_year", "_week4", "_week3", "_week2", "_week1"];
    const parts = endings.map((ending) => name + ending).flatMap((field) => entered.getAll(field));
    const values = parts.filter((value) => String(value).trim() !== "");
    if (last && ((entered.has(`${name}__still`) && !values.length) || none === "not-asked/not-re-asked")) {
      const earlier = JSON.parse(last);
      return { values: "value" in earlier ? [].concat(earlier.value).map(String) : [], none: none, stands: earlier.none || "" };
    }
    return { values: values, none: none, stands: none };
  };

  const not = (truth) => (truth === null ? null : !truth);
  const every = (truths) => (truths.includes(false) ? false : truths.includes(null) ? null : true);

  // Of four weeks; NaN until each is a number of days (carehub/definitions/weeks.py).
  const total = (weeks) => {
    const right = weeks.length === 4 && weeks.every((week) => /^\s*0{0,2}[0-7]\s*$/.test(week));
    return right ? weeks.reduce((sum, week) => sum + Number(week), 0) : NaN;
  };

  const holds = (condition, entered) => {
    if (condition === null || typeof condition === "boolean") return condition;
    if (condition.parts) {
      const truths = condition.parts.map((part) => holds(part, entered));
      if (condition.test === "not") return not(truths[0]);
      return condition.test === "all" ? every(truths) : not(every(truths.map(not)));
    }
    const block = blocks.get(condition.question);
    if (!block) return null;
    const reached = conditions.has(condition.question) ? holds(conditions.get(condition.question), entered) : true;
    if (reached !== true) return reached;
    const { values, none, stands } = known(entered, condition.question);
    const wanted = [].concat(condition.value).map(String);
    if (condition.test === "answered") return values.length > 0 === condition.value;
    if (condition.test === "none") return none || values.length ? none.split("/")[0] === condition.value : null;
    if (!values.length) return stands.startsWith("not-applicable") ? false : null;
    const number = "weeks" in block.dataset ? total(values) : Number(values[0].replace(/[ ,]/g, ""));
    const alone = new Set((block.dataset.alone || "").split(" "));
    switch (condition.test) {
      case "is": return typeof condition.value === "number" ? number === condition.value : values[0] === wanted[0];
      case "is_not": return typeof condition.value === "number" ? number !== condition.value : values[0] !== wanted[0];
      case "at_least": return Number.isNaN(number) ? null : number >= condition.value;
      case "at_most": return Number.isNaN(number) ? null : number <= condition.value;
      case "chosen_at_least": return values.filter((value) => !alone.has(value)).length >= condition.value;
      default: return values.some((value) => wanted.includes(value));
    }
  };

  const look = () => {
    const entered = new FormData(form);
    conditions.forEach((condition, name) => {
      blocks.get(name).hidden = holds(condition, entered) !== true;
    });
  };

  conditional.forEach((block) => block.querySelector(".question__only-if")?.remove());
  form.addEventListener("input", look);
  form.addEventListener("change", look);
  look();
})();
