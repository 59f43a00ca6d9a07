/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From layers to volumes: which there are, what leads where, and what goes round the rest. */
#include "scene/tn-volumes.h"

#include <string.h>

/* Visits of volumes while looking for skips; beyond them wires are drawn as they come. */
#define MOST_VISITS 4000000u
/* Models of more slabs than this show only the very few channels of their inputs one by one. */
#define MANY_SLABS   16u
#define FEW_CHANNELS 16u
#define FEWEST       4u

typedef struct
{
  TnVolumes *self;
  const TnGraph *graph;
  const TnFacts *facts;
  GArray *volumes;    /* of TnVolume */
  GArray *refs;       /* of TnRef: what each puts out */
  GArray *wires;      /* of TnVolumeWire */
  guint *first;       /* of a node by index: the number of its first call */
  int *volume_of;     /* of a call: the volume that shows what it puts out, or -1 */
  GHashTable *closed; /* "group call" → number of its volume + 1 */
} Builder;

/* The outermost closed group around a node. */
static const TnGroup *
closed_group (const TnGraph *graph, const TnNode *node)
{
  if (tn_name_group_length (tn_node_name (node)) == 0)
    return NULL;
  for (guint i = 0; i < tn_graph_n_groups (graph); i++)
    {
      const TnGroup *group = tn_graph_group (graph, i);

      if (!tn_group_is_open (group) && tn_group_holds (group, tn_node_name (node)))
        return group;
    }
  return NULL;
}

static TnShape
shape_of (const Builder *builder, TnRef ref)
{
  const TnNode *node;

  if (builder->facts == NULL)
    return tn_shape_none ();
  node = tn_graph_find (tn_facts_graph (builder->facts), ref.node);
  if (node == NULL || ref.call >= tn_node_n_calls (node) || ref.output >= tn_node_n_outputs (node))
    return tn_shape_none ();
  return tn_facts_shape (builder->facts, ref, NULL);
}

static guint
add_volume (Builder *builder, const TnNode *node, const TnGroup *group, TnRef ref)
{
  TnVolume volume = { .node = node, .layer = tn_layer_of (node), .group = group };

  volume.family = group != NULL ? TN_FAMILY_CORE : volume.layer->family;
  /* Keras counts it among the core layers; to the eye it is what a ReLU is. */
  if (group == NULL && g_str_equal (volume.layer->schema.type, "Activation"))
    volume.family = TN_FAMILY_ACTIVATIONS;
  volume.shape = shape_of (builder, ref);
  if (builder->facts != NULL)
    volume.issue = tn_facts_node_issue (builder->facts, tn_node_id (node));
  if (volume.issue != NULL && volume.issue->severity == TN_SEVERITY_WARNING)
    volume.issue = NULL;
  g_array_append_val (builder->volumes, volume);
  g_array_append_val (builder->refs, ref);
  return builder->volumes->len - 1;
}

/* The volume of the call of a closed group that a call of a member is part of. */
static guint
group_volume (Builder *builder, const TnGroup *group, const TnNode *node, guint call)
{
  guint k = MAX (tn_graph_group_calls (builder->graph, group), 1);
  guint within = MAX (tn_node_n_calls (node) / k, 1);
  guint number = call / within;
  g_autofree char *key = g_strdup_printf ("%s %u", tn_group_name (group), number);
  gpointer found = g_hash_table_lookup (builder->closed, key);
  const TnRef *outputs;
  TnRef ref = { 0 };
  guint n_outputs, volume;

  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  outputs = tn_group_outputs (group, &n_outputs);
  if (n_outputs > 0)
    {
      const TnNode *last = tn_graph_find (builder->graph, outputs[0].node);

      ref = outputs[0];
      if (last != NULL)
        ref.call = (guint16)(ref.call + number * MAX (tn_node_n_calls (last) / k, 1));
    }
  volume = add_volume (builder, node, group, ref);
  g_hash_table_insert (builder->closed, g_steal_pointer (&key), GUINT_TO_POINTER (volume + 1));
  return volume;
}

static int
source_of (const Builder *builder, TnRef ref)
{
  int index = ref.node == TN_NODE_NONE ? -1 : tn_graph_index (builder->graph, ref.node);

  return index < 0 ? -1 : builder->volume_of[builder->first[index] + ref.call];
}

static void
add_wires (Builder *builder, TnGraphStep step, guint volume)
{
  const TnNode *node = tn_graph_node (builder->graph, step.index);

  for (guint slot = 0; slot < tn_node_n_inputs (node, step.call); slot++)
    {
      int from = source_of (builder, tn_node_input (node, step.call, slot));
      TnVolumeWire wire = { .from = (guint)from, .to = volume };
      TnVolume *self = &g_array_index (builder->volumes, TnVolume, volume);
      gboolean known = from < 0 || (guint)from == volume;

      for (guint i = builder->wires->len; i-- > 0 && !known;)
        {
          const TnVolumeWire *other = &g_array_index (builder->wires, TnVolumeWire, i);

          if (other->to != volume && self->group == NULL)
            break;
          known = other->to == volume && other->from == (guint)from;
        }
      if (known)
        continue;
      if (slot == 0)
        self->channels_first = g_array_index (builder->volumes, TnVolume, from).channels_first;
      g_array_append_val (builder->wires, wire);
    }
}

static void
find_volumes (Builder *builder)
{
  const TnGraph *graph = builder->graph;

  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      const TnNode *node = tn_graph_node (graph, step.index);
      const TnGroup *group = closed_group (graph, node);
      int *place = &builder->volume_of[builder->first[step.index] + step.call];
      int param = tn_schema_param (tn_node_schema (node), "data_format");
      guint volume;

      /* What labels an output is no part of the network; what enters a group stands for itself. */
      if (tn_node_n_outputs (node) == 0)
        continue;
      if (group == NULL && tn_node_schema (node)->boundary && !tn_node_is_source (node))
        {
          *place = source_of (builder, tn_node_input (node, step.call, 0));
          continue;
        }
      volume = group != NULL ? group_volume (builder, group, node, step.call)
                             : add_volume (builder, node, NULL,
                                           (TnRef){ tn_node_id (node), (guint16)step.call, 0 });
      *place = (int)volume;
      add_wires (builder, step, volume);
      if (param >= 0 && group == NULL)
        g_array_index (builder->volumes, TnVolume, volume).channels_first
            = g_strcmp0 (tn_node_string (node, (guint)param), "channels_first") == 0;
    }
}

static int
compare_wires (gconstpointer a, gconstpointer b)
{
  const TnVolumeWire *left = a;
  const TnVolumeWire *right = b;

  if (left->to != right->to)
    return left->to < right->to ? -1 : 1;
  return left->from < right->from ? -1 : left->from > right->from;
}

/* A closed group may use what is made after its first layer: volumes are put in order once more. */
static void
sort_volumes (Builder *builder)
{
  guint n = builder->volumes->len;
  g_autofree guint *waits = g_new0 (guint, MAX (n, 1));
  g_autofree guint *place = g_new (guint, MAX (n, 1));
  g_autoptr (GArray) volumes = g_array_sized_new (FALSE, FALSE, sizeof (TnVolume), n);
  g_autoptr (GArray) refs = g_array_sized_new (FALSE, FALSE, sizeof (TnRef), n);
  g_autoptr (GArray) wires = g_array_new (FALSE, FALSE, sizeof (TnVolumeWire));
  gboolean sorted = TRUE;

  for (guint i = 0; i < builder->wires->len; i++)
    sorted &= g_array_index (builder->wires, TnVolumeWire, i).from
              < g_array_index (builder->wires, TnVolumeWire, i).to;
  if (sorted)
    return;
  for (guint i = 0; i < n; i++)
    place[i] = G_MAXUINT;
  for (guint done = 0, before = 0; done < n; before = done)
    {
      memset (waits, 0, n * sizeof *waits);
      for (guint i = 0; i < builder->wires->len; i++)
        {
          const TnVolumeWire *wire = &g_array_index (builder->wires, TnVolumeWire, i);

          waits[wire->to] += place[wire->from] == G_MAXUINT;
        }
      for (guint i = 0; i < n; i++)
        if (place[i] == G_MAXUINT && waits[i] == 0)
          place[i] = done++;
      /* A group that is used between its own layers: what comes first goes first. */
      for (guint i = 0; i < n && done == before; i++)
        if (place[i] == G_MAXUINT)
          place[i] = done++;
    }
  g_array_set_size (volumes, n);
  g_array_set_size (refs, n);
  for (guint i = 0; i < n; i++)
    {
      g_array_index (volumes, TnVolume, place[i]) = g_array_index (builder->volumes, TnVolume, i);
      g_array_index (refs, TnRef, place[i]) = g_array_index (builder->refs, TnRef, i);
    }
  for (guint i = 0; i < builder->wires->len; i++)
    {
      TnVolumeWire wire = g_array_index (builder->wires, TnVolumeWire, i);

      wire.from = place[wire.from];
      wire.to = place[wire.to];
      if (wire.from < wire.to)
        g_array_append_val (wires, wire);
    }
  g_array_set_size (builder->volumes, 0);
  g_array_append_vals (builder->volumes, volumes->data, n);
  g_array_set_size (builder->refs, 0);
  g_array_append_vals (builder->refs, refs->data, n);
  g_array_set_size (builder->wires, 0);
  g_array_append_vals (builder->wires, wires->data, wires->len);
}

/* A wire is a skip when another way leads from its start to its end. */
static void
find_skips (TnVolumes *self)
{
  g_autofree guint *first = g_new0 (guint, self->n_volumes + 2);
  g_autofree guint *into = g_new (guint, MAX (self->n_wires, 1));
  g_autofree guint *seen = g_new0 (guint, MAX (self->n_volumes, 1));
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  guint visits = 0, round = 0;

  for (guint i = 0; i < self->n_wires; i++)
    first[self->wires[i].to + 2]++;
  for (guint i = 0; i <= self->n_volumes; i++)
    first[i + 1] += first[i];
  for (guint i = 0; i < self->n_wires; i++)
    into[first[self->wires[i].to + 1]++] = i;

  for (guint number = 0; number < self->n_wires && visits < MOST_VISITS; number++)
    {
      TnVolumeWire *wire = &self->wires[number];

      if (first[wire->to + 1] - first[wire->to] < 2)
        continue;
      round++;
      g_array_set_size (stack, 0);
      for (guint i = first[wire->to]; i < first[wire->to + 1]; i++)
        if (into[i] != number)
          g_array_append_val (stack, self->wires[into[i]].from);
      while (stack->len > 0 && !wire->skip)
        {
          guint at = g_array_index (stack, guint, stack->len - 1);

          g_array_set_size (stack, stack->len - 1);
          wire->skip = at == wire->from;
          if (at <= wire->from || seen[at] == round)
            continue;
          seen[at] = round;
          visits++;
          for (guint i = first[at]; i < first[at + 1]; i++)
            g_array_append_val (stack, self->wires[into[i]].from);
        }
    }
}

/* How a volume stands behind the one before it in its chain. */
static TnJoint
joint_of (const TnVolume *before, const TnVolume *volume)
{
  gboolean same = before->kind == volume->kind && before->shape.rank == volume->shape.rank;
  gboolean source = tn_node_is_source (before->node);

  if (!same || volume->kind == TN_VOLUME_DISC || volume->kind == TN_VOLUME_CARD)
    return TN_JOINT_ARROW;
  switch (volume->family)
    {
    case TN_FAMILY_NORMALIZATION:
    case TN_FAMILY_REGULARIZATION:
    case TN_FAMILY_ACTIVATIONS:
      return TN_JOINT_ATTACHED;
    case TN_FAMILY_POOLING:
      return volume->kind == TN_VOLUME_SLAB && volume->copies == 1 && before->copies == 1 && !source
                     && volume->deep <= before->deep
                 ? TN_JOINT_ATTACHED
                 : TN_JOINT_ARROW;
    default:
      break;
    }
  if (!source && before->tall == volume->tall && before->deep == volume->deep
      && before->family != TN_FAMILY_POOLING && before->copies == 1 && volume->copies == 1
      && volume->kind != TN_VOLUME_BAR)
    return TN_JOINT_NEAR;
  return TN_JOINT_ARROW;
}

static void
measure (Builder *builder)
{
  TnVolumes *self = builder->self;
  gint64 largest = 1;
  guint n_slabs = 0;

  for (guint i = 0; i < self->n_volumes; i++)
    {
      const TnVolume *volume = &self->volumes[i];

      largest = MAX (largest, tn_volume_spatial (volume->node, &volume->shape));
      n_slabs += volume->shape.rank >= 4;
    }
  for (guint i = 0; i < self->n_volumes; i++)
    tn_volume_measure (self, &self->volumes[i], builder->facts,
                       g_array_index (builder->refs, TnRef, i), largest,
                       n_slabs > MANY_SLABS ? FEWEST : FEW_CHANNELS);
}

static void
join (TnVolumes *self)
{
  g_autofree guint *n_from = g_new0 (guint, MAX (self->n_volumes, 1));
  g_autofree guint *n_to = g_new0 (guint, MAX (self->n_volumes, 1));

  for (guint i = 0; i < self->n_wires; i++)
    if (!self->wires[i].skip)
      {
        n_from[self->wires[i].from]++;
        n_to[self->wires[i].to]++;
      }
  for (guint i = 0; i < self->n_wires; i++)
    {
      TnVolumeWire *wire = &self->wires[i];

      if (wire->skip || n_from[wire->from] != 1 || n_to[wire->to] != 1)
        continue;
      self->volumes[wire->to].joint
          = joint_of (&self->volumes[wire->from], &self->volumes[wire->to]);
      wire->hidden = self->volumes[wire->to].joint != TN_JOINT_ARROW;
    }
}

TnVolumes *
tn_volumes_new (const TnGraph *graph, const TnFacts *facts, const TnStyle *style,
                TnDirection direction, guint parts)
{
  TnVolumes *self = g_new0 (TnVolumes, 1);
  g_autoptr (GArray) volumes = g_array_new (FALSE, TRUE, sizeof (TnVolume));
  g_autoptr (GArray) refs = g_array_new (FALSE, TRUE, sizeof (TnRef));
  g_autoptr (GArray) wires = g_array_new (FALSE, TRUE, sizeof (TnVolumeWire));
  g_autoptr (GHashTable) closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree guint *first = g_new (guint, tn_graph_size (graph) + 1);
  g_autofree int *volume_of = NULL;
  guint n_calls = 0;
  Builder builder = { .self = self,
                      .graph = graph,
                      .facts = facts,
                      .volumes = volumes,
                      .refs = refs,
                      .wires = wires,
                      .first = first,
                      .closed = closed };

  self->style = style;
  self->direction = direction;
  self->parts = parts;
  self->strings = g_string_chunk_new (1024);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      first[i] = n_calls;
      n_calls += tn_node_n_calls (tn_graph_node (graph, i));
    }
  volume_of = g_new (int, MAX (n_calls, 1));
  for (guint i = 0; i < n_calls; i++)
    volume_of[i] = -1;
  builder.volume_of = volume_of;
  find_volumes (&builder);
  sort_volumes (&builder);
  g_array_sort (wires, compare_wires);
  self->n_volumes = volumes->len;
  self->n_wires = wires->len;
  self->volumes = g_memdup2 (volumes->data, MAX (volumes->len, 1) * sizeof (TnVolume));
  self->wires = g_memdup2 (wires->data, MAX (wires->len, 1) * sizeof (TnVolumeWire));
  find_skips (self);
  measure (&builder);
  join (self);
  tn_volumes_place (self, graph);
  return self;
}

void
tn_volumes_free (TnVolumes *volumes)
{
  if (volumes == NULL)
    return;
  g_string_chunk_free (volumes->strings);
  g_free (volumes->volumes);
  g_free (volumes->wires);
  g_free (volumes->frames);
  g_free (volumes);
}
