-- name: all
select id, channel, reason, received_at from dead_letter order by id

-- name: one
select vault.item.sealed from dead_letter join vault.item on vault.item.id = dead_letter.item where dead_letter.id = %(number)s
