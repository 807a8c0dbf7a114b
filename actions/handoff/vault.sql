-- name: keep
insert into vault.item (sealed, created_at) values (%(sealed)s, %(now)s) returning id

-- name: lock
-- One process at a time decides whether there is a key to be made.
select pg_advisory_xact_lock(4201972)

-- name: oldest
select sealed from vault.item order by id limit 1
