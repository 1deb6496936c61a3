// A module that only `storefleet-medusa:next` has: what an upgrade to another version of the application brings along.
const { MedusaService, model, Module } = require("@medusajs/framework/utils");

const Note = model.define("lab_note", { id: model.id().primaryKey(), text: model.text() });

exports.default = Module("note", { service: class NoteService extends MedusaService({ Note }) {} });
