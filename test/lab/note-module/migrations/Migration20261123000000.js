const { Migration } = require("@medusajs/framework/mikro-orm/migrations");

exports.Migration20261123000000 = class extends Migration {
  async up() {
    this.addSql(`create table if not exists "lab_note" ("id" text primary key, "text" text not null, "created_at" timestamptz not null default now(),
      "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null)`);
  }

  async down() {
    this.addSql(`drop table if exists "lab_note"`);
  }
};
