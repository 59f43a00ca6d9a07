/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From names to wires: what a file's refs name, whether it goes round in circles, and the wiring.
 */
#include "formats/tn-keras.h"

#include "base/tn-i18n.h"

/* At most so many names are told of a cycle. */
#define CYCLE_NAMES 8

static guint
call_start (const TnFileLayer *layer, guint call)
{
  return call > 0 ? g_array_index (layer->ends, guint, call - 1) : 0;
}

static gboolean
resolve_ref (TnReader *reader, const TnFileLayer *layer, TnFileRef *ref)
{
  if (ref->name)
    ref->source = g_hash_table_lookup (reader->by_name, ref->name);
  if (ref->name && !ref->source)
    return tn_reader_fail (reader,
                           _ ("layer '%s' reads from '%s', which is no layer of the model."),
                           layer->name, ref->name);
  if (!ref->source)
    return TRUE;
  ref->source->n_outputs = MAX (ref->source->n_outputs, ref->output + 1);
  if (ref->call >= ref->source->ends->len)
    return tn_reader_fail (reader,
                           _ ("layer '%s' reads from call %u of '%s', which is called %u times."),
                           layer->name, ref->call, ref->source->name, ref->source->ends->len);
  /* Of the others the parameters decide: seen to when the wire is made. */
  if (ref->source->schema->outputs == NULL && ref->output >= ref->source->schema->n_outputs)
    return tn_reader_fail (
        reader, _ ("layer '%s' reads from output %u of '%s', which has %u outputs."), layer->name,
        ref->output, ref->source->name, ref->source->schema->n_outputs);
  return TRUE;
}

/* A call that is being looked at. */
typedef struct
{
  TnFileCall call;
  guint next; /* position in the layer's refs */
} Frame;

static gboolean
fail_cycle (TnReader *reader, const GArray *stack, TnFileCall call)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint start = stack->len;

  while (start > 0)
    {
      TnFileCall other = g_array_index (stack, Frame, --start).call;

      if (other.layer == call.layer && other.call == call.call)
        break;
    }
  for (guint i = start; i < stack->len && i < start + CYCLE_NAMES; i++)
    g_string_append_printf (names, "%s'%s'", i > start ? ", " : "",
                            g_array_index (stack, Frame, i).call.layer->name);
  if (stack->len - start > CYCLE_NAMES)
    g_string_append (names, ", …");
  return tn_reader_fail (reader, _ ("a cycle, in which every layer waits for the next: %s."),
                         names->str);
}

static void
push (GArray *stack, guint8 *open, TnFileCall call)
{
  Frame frame = { call, call_start (call.layer, call.call) };

  open[call.layer->first_call + call.call] = TRUE;
  g_array_append_val (stack, frame);
}

/* Depth first from @start against the wires, without recursion. */
static gboolean
sort_from (TnReader *reader, TnFileCall start, GArray *stack, guint8 *seen, guint8 *open)
{
  seen[start.layer->first_call + start.call] = TRUE;
  push (stack, open, start);
  while (stack->len > 0)
    {
      Frame *top = &g_array_index (stack, Frame, stack->len - 1);
      const TnFileRef *ref;
      guint other;

      if (top->next == g_array_index (top->call.layer->ends, guint, top->call.call))
        {
          open[top->call.layer->first_call + top->call.call] = FALSE;
          g_array_append_val (reader->calls, top->call);
          g_array_set_size (stack, stack->len - 1);
          continue;
        }
      ref = &g_array_index (top->call.layer->refs, TnFileRef, top->next++);
      if (!ref->source)
        continue;
      other = ref->source->first_call + ref->call;
      if (open[other])
        return fail_cycle (reader, stack, (TnFileCall){ ref->source, ref->call });
      if (!seen[other])
        {
          seen[other] = TRUE;
          push (stack, open, (TnFileCall){ ref->source, ref->call });
        }
    }
  return TRUE;
}

static gboolean
sort_calls (TnReader *reader)
{
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_autofree guint8 *seen = NULL;
  g_autofree guint8 *open = NULL;
  guint n_calls = 0;

  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      layer->first_call = n_calls;
      n_calls += layer->ends->len;
    }
  seen = g_new0 (guint8, n_calls);
  open = g_new0 (guint8, n_calls);

  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      for (guint call = 0; call < layer->ends->len; call++)
        if (!seen[layer->first_call + call]
            && !sort_from (reader, (TnFileCall){ layer, call }, stack, seen, open))
          return FALSE;
    }
  return TRUE;
}

gboolean
tn_keras_resolve (TnReader *reader)
{
  for (guint i = 0; i < reader->layers->len; i++)
    {
      TnFileLayer *layer = reader->layers->pdata[i];

      for (guint j = 0; j < layer->refs->len; j++)
        if (!resolve_ref (reader, layer, &g_array_index (layer->refs, TnFileRef, j)))
          return FALSE;
    }
  return sort_calls (reader);
}

static gboolean
wire_call (TnReader *reader, TnFileCall call)
{
  g_autoptr (TnReport) report = tn_report_new ();
  guint start = call_start (call.layer, call.call);
  guint end = g_array_index (call.layer->ends, guint, call.call);

  for (guint i = start; i < end; i++)
    {
      const TnFileRef *ref = &g_array_index (call.layer->refs, TnFileRef, i);
      TnRef tensor;

      if (!ref->source)
        continue;
      tensor = (TnRef){ ref->source->id, (guint16)ref->call, (guint16)ref->output };
      if (!tn_draft_connect (reader->draft, tensor, call.layer->id, call.call, i - start, report))
        return tn_reader_fail (reader, _ ("layer '%s' cannot read from '%s'. %s"), call.layer->name,
                               ref->source->name, tn_report_first (report));
    }
  return TRUE;
}

gboolean
tn_keras_wire (TnReader *reader)
{
  for (guint i = 0; i < reader->layers->len; i++)
    {
      const TnFileLayer *layer = reader->layers->pdata[i];

      for (guint call = 1; call < layer->ends->len; call++)
        tn_draft_add_call (reader->draft, layer->id);
    }
  /* Users first: so nothing is wired yet upstream of the two ends of a new wire, and the draft's
   * own search for a cycle, which goes that way, is over at once. */
  for (guint i = reader->calls->len; i-- > 0;)
    if (!wire_call (reader, g_array_index (reader->calls, TnFileCall, i)))
      return FALSE;
  return TRUE;
}
