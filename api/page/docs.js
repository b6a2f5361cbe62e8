// Renders /openapi.json. All text goes in as text, never as markup.
"use strict";

const verbs = ["get", "post", "put", "delete"];
let spec;

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  for (const child of children) if (child !== undefined && child !== null) node.append(child);
  return node;
}

function resolve(schema) {
  if (!schema || !schema.$ref) return [schema, ""];
  const name = schema.$ref.split("/").pop();
  return [spec.components.schemas[name], name];
}

function kind(schema) {
  const [real, name] = resolve(schema);
  if (!real) return "";
  if (real.type === "array") return kind(real.items) + "[]";
  if (real.enum) return real.enum.join(" | ");
  if (name) return name;
  const type = Array.isArray(real.type) ? real.type.filter((t) => t !== "null").join(" | ") : real.type || "any";
  return real.format ? `${type} (${real.format})` : type;
}

// rows lists a schema's fields, with those of nested objects, three deep.
function rows(schema, prefix, depth, seen, out) {
  let [real, name] = resolve(schema);
  while (real && real.type === "array") {
    prefix += "[]";
    [real, name] = resolve(real.items);
  }
  if (!real || !real.properties || depth > 3 || (name && seen.includes(name))) return out;
  const inside = name ? [...seen, name] : seen;
  for (const [field, sub] of Object.entries(real.properties)) {
    const path = prefix ? `${prefix}.${field}` : field;
    const bounds = ["minimum", "maximum", "minLength", "maxLength", "maxItems", "default"]
      .filter((key) => sub[key] !== undefined).map((key) => `${key} ${sub[key]}`).join(", ");
    out.push({ path, kind: kind(sub), doc: [sub.description, bounds].filter(Boolean).join(" · "), must: (real.required || []).includes(field) });
    rows(sub, path, depth + 1, inside, out);
  }
  return out;
}

function fieldTable(list, markRequired) {
  const table = el("table");
  for (const row of list) {
    const name = el("td", { class: "name" }, el("code", {}, row.path));
    if (markRequired && row.must) name.append(el("span", { class: "must", title: "required" }, " *"));
    table.append(el("tr", {}, name, el("td", { class: "kind" }, row.kind), el("td", {}, row.doc || "")));
  }
  return table;
}

function content(part) {
  if (!part || !part.content) return ["", undefined];
  const [type, media] = Object.entries(part.content)[0];
  return [type, media.schema];
}

function block(title, type, schema, isInput) {
  const box = el("div", {}, el("h4", {}, `${title}: ${kind(schema) || type}`));
  box.append(fieldTable(rows(schema, "", 0, [], []), isInput));
  return box;
}

function operation(path, verb, op) {
  const section = el("section", { id: op.operationId });
  section.append(el("h3", {}, el("span", { class: `verb ${verb}` }, verb.toUpperCase()), " ", el("code", {}, path)));
  section.append(el("p", {}, op.summary || ""));
  const who = !op.security ? "Open to everybody." : op["x-rights"] ? `Needs the right ${op["x-rights"].join(" or ")}.` : "Needs a session.";
  section.append(el("p", { class: "right" }, who));
  if (op.parameters && op.parameters.length) {
    section.append(el("h4", {}, "Parameters"));
    section.append(fieldTable(op.parameters.map((p) => ({
      path: `${p.name} (${p.in})`, kind: kind(p.schema), doc: p.description || "", must: p.required,
    })), true));
  }
  const [inType, inSchema] = content(op.requestBody);
  if (inSchema) section.append(block("Body", inType, inSchema, true));
  for (const [status, answer] of Object.entries(op.responses || {})) {
    if (!/^2/.test(status)) continue;
    const [type, schema] = content(answer);
    if (schema) section.append(block(`Answer ${status}`, type, schema, false));
    else section.append(el("h4", {}, `Answer ${status}: ${answer.description}`));
  }
  return section;
}

function draw(word) {
  const toc = document.getElementById("toc");
  const main = document.getElementById("main");
  toc.replaceChildren();
  main.replaceChildren(el("p", {}, spec.info.description || ""));
  const byTag = new Map();
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const verb of verbs) {
      const op = item[verb];
      if (!op) continue;
      const text = `${path} ${op.summary} ${(op["x-rights"] || []).join(" ")}`.toLowerCase();
      if (word && !text.includes(word)) continue;
      const tag = (op.tags || ["other"])[0];
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push([path, verb, op]);
    }
  }
  for (const [tag, list] of [...byTag].sort()) {
    toc.append(el("h2", {}, tag));
    for (const [path, verb, op] of list) {
      toc.append(el("a", { href: `#${op.operationId}`, title: op.summary || "" }, el("span", { class: `verb ${verb}` }, verb.toUpperCase()), " " + path.replace("/api/", "")));
      main.append(operation(path, verb, op));
    }
  }
  if (!byTag.size) main.append(el("p", {}, "Nothing found."));
}

async function start() {
  try {
    const answer = await fetch("/openapi.json");
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    spec = await answer.json();
  } catch (err) {
    document.getElementById("main").replaceChildren(el("p", {}, `The description could not be loaded: ${err.message}`));
    return;
  }
  draw("");
  document.getElementById("find").addEventListener("input", (e) => draw(e.target.value.trim().toLowerCase()));
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

start();
