-- name: keep
insert into vault.item (sealed, created_at) values (%(sealed)s, %(now)s) returning id
