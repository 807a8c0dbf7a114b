-- name: open
insert into cases as known (conversation_id, category, priority, channel, opened_at)
values (%(conversation)s, %(category)s, %(priority)s, %(channel)s, %(now)s)
on conflict (conversation_id) where state <> 'closed' do update
set category = case when excluded.priority < known.priority then excluded.category else known.category end,
    priority = least(known.priority, excluded.priority)
returning id, xmax = 0 as opened

-- name: add_message
insert into case_message (case_id, message_id, author, item, redacted, written_at)
select %(case)s, id, 'patient', item, %(redacted)s, %(now)s from inbox where id = %(message_id)s
on conflict (message_id) do nothing

-- name: add_written
insert into case_message (case_id, author, item, redacted, written_at)
values (%(case)s, %(author)s, %(item)s, %(redacted)s, %(now)s)

-- name: add_note
insert into case_message (case_id, author, redacted, written_at) values (%(case)s, 'bot', %(note)s, %(now)s)

-- name: owned
select id from cases where conversation_id = %(conversation)s and state = 'claimed' for update

-- name: of_message
select case_id from case_message where message_id = %(message_id)s

-- name: unclosed
select cases.*, latest.redacted, latest.written_at, count.messages
from cases
left join lateral (
    select redacted, written_at from case_message where case_id = cases.id order by id desc limit 1
) latest on true
cross join lateral (select count(*) as messages from case_message where case_id = cases.id) count
where state <> 'closed'
order by priority, opened_at

-- name: find
select * from cases where id = %(case)s

-- name: by_number
select * from cases where number = %(number)s

-- name: hold
select * from cases where number = %(number)s for update

-- name: newest
select id from case_message where case_id = %(case)s order by id desc limit 1

-- name: unread
-- The audit trail knows the newest message that an agent has seen. Whoever adds one to a case holds the case, so ids follow the time.
select count(*) as messages
from case_message
where case_id = %(case)s and author <> 'staff' and id > coalesce(
    (select max((detail ->> 'newest')::bigint) from audit where subject = %(case)s::text and actor = %(agent)s), 0
)

-- name: messages
select case_message.*, vault.item.sealed
from case_message left join vault.item on vault.item.id = case_message.item
where case_id = %(case)s
order by case_message.id

-- name: claim
update cases set state = 'claimed', claimed_by = %(agent)s, claimed_at = %(now)s
where id = %(case)s and (state = 'open' or (state = 'claimed' and claimed_by = %(agent)s))
returning id

-- name: close
update cases set state = 'closed', closed_at = %(now)s where id = %(case)s
