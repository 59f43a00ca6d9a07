/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the constants of a plan: filled, folded and packed one after the other, each given back as
 * soon as nobody reads it any more, so that there is never much more than in the end. */
#include "exec/tn-constants.h"

#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "exec/tn-feed.h"
#include "exec/tn-initializer.h"

/* What one layout makes of a constant. */
typedef struct
{
  const TnOp *op;
  guint64 layout;
  gsize bytes;
  TnOpCall sizes; /* of one of the calls that share it */
  gpointer block;
} Packing;

typedef struct _Constant Constant;

struct _Constant
{
  char *label;
  gint64 elements;
  /* A weight of a layer… */
  const TnNode *node;
  const TnWeightSpec *spec;
  TnTensor *given; /* NULL: fresh */
  /* …or made of others. */
  const TnDerivation *derivation;
  Constant *sources[TN_DERIVATION_SOURCES];

  gboolean is_read; /* in plain, by a call or by whoever looks at it */
  guint n_derived;  /* constants that are needed and made of it */
  GArray *packings;

  guint n_waiting; /* of those, how many are not made yet */
  gboolean is_made;
  const float *floats; /* NULL: not there, or not any more */
  gpointer block;      /* that they stand in; NULL: they are given */
};

struct _TnConstants
{
  TnRunOptions options;
  GPtrArray *all; /* of Constant, sources before what is made of them */
  GHashTable *by_label;
  GArray *odd; /* of TnOddWeight */
};

/* One making, or a rehearsal that only counts. */
typedef struct
{
  TnConstants *constants;
  TnAccount *account;
  const TnKernelContext *context; /* NULL: a rehearsal */
  GCancellable *cancellable;
  GError **error;
} Making;

static void
constant_free (gpointer data)
{
  Constant *constant = data;

  g_free (constant->label);
  g_array_unref (constant->packings);
  g_free (constant);
}

static void
odd_clear (gpointer data)
{
  g_free (((TnOddWeight *)data)->label);
}

/* ---- who reads what ---- */

static Constant *
find (const TnConstants *constants, const TnCompiled *compiled, TnTensorId tensor)
{
  const TnProgramTensor *root
      = tn_program_tensor (compiled->program, tn_program_root (compiled->program, tensor));

  return root->kind == TN_TENSOR_CONSTANT ? g_hash_table_lookup (constants->by_label, root->label)
                                          : NULL;
}

static Constant *
add (TnConstants *constants, const TnCompiled *compiled, TnTensorId tensor)
{
  const TnProgramTensor *known = tn_program_tensor (compiled->program, tensor);
  Constant *constant = g_hash_table_lookup (constants->by_label, known->label);

  if (constant != NULL)
    return constant;
  constant = g_new0 (Constant, 1);
  constant->label = g_strdup (known->label);
  constant->elements = tn_shape_elements (&known->shape, 0);
  constant->packings = g_array_new (FALSE, FALSE, sizeof (Packing));
  constant->derivation = known->derivation;
  for (guint i = 0; known->derivation != NULL && i < TN_DERIVATION_SOURCES; i++)
    if (known->derivation->sources[i] != TN_TENSOR_ABSENT)
      constant->sources[i] = find (constants, compiled, known->derivation->sources[i]);
  g_ptr_array_add (constants->all, constant);
  g_hash_table_insert (constants->by_label, constant->label, constant);
  return constant;
}

static void
add_all (TnConstants *constants, const TnCompiled *compiled)
{
  const TnGraph *graph = tn_facts_graph (compiled->facts);

  for (guint i = 0; i < compiled->constants->len; i++)
    {
      const TnConstant *weight = &g_array_index (compiled->constants, TnConstant, i);
      Constant *constant = add (constants, compiled, weight->tensor);
      guint n_weights;

      constant->node = tn_graph_node (graph, weight->index);
      constant->spec
          = &tn_facts_weights (compiled->facts, weight->index, &n_weights)[weight->weight];
      if (constants->options.weights != NULL)
        constant->given = g_hash_table_lookup (constants->options.weights, constant->label);
      constant->is_read = constant->is_read || compiled->plain;
    }
  for (guint i = 0; i < tn_program_n_tensors (compiled->program); i++)
    if (tn_program_tensor (compiled->program, i)->derivation != NULL)
      add (constants, compiled, i);
}

static Packing *
find_packing (const Constant *constant, const TnOp *op, guint64 layout, gsize bytes)
{
  for (guint i = 0; i < constant->packings->len; i++)
    {
      Packing *packing = &g_array_index (constant->packings, Packing, i);
      if (packing->op == op && packing->layout == layout && packing->bytes == bytes)
        return packing;
    }
  return NULL;
}

static void
note_readers (TnConstants *constants, const TnCompiled *compiled)
{
  for (guint i = 0; i < tn_program_n_calls (compiled->program); i++)
    {
      const TnProgramCall *call = tn_program_call_at (compiled->program, i);
      TnOpCall sizes = tn_compiled_sizes (compiled, call);
      for (guint j = 0; j < call->n_inputs && !(call->op->flags & TN_OP_ALIAS); j++)
        {
          Constant *constant = call->inputs[j] != TN_TENSOR_ABSENT
                                   ? find (constants, compiled, call->inputs[j])
                                   : NULL;
          if (constant == NULL)
            continue;
          if (!sizes.packed || j != call->op->weights)
            {
              constant->is_read = TRUE;
              continue;
            }
          Packing packing = { .op = call->op,
                              .layout = call->op->packed_layout (&sizes),
                              .bytes = call->op->packed (&sizes),
                              .sizes = sizes };
          if (find_packing (constant, packing.op, packing.layout, packing.bytes) == NULL)
            g_array_append_val (constant->packings, packing);
        }
    }
  /* A layer may give out a weight as it is. */
  for (guint i = 0; i < tn_program_n_tensors (compiled->program); i++)
    if (tn_program_tensor (compiled->program, i)->kind != TN_TENSOR_GONE
        && tn_compiled_watches (compiled, i))
      {
        Constant *constant = find (constants, compiled, i);
        if (constant != NULL)
          constant->is_read = TRUE;
      }
}

static gboolean
is_needed (const Constant *constant)
{
  return constant->is_read || constant->packings->len > 0 || constant->n_derived > 0;
}

TnConstants *
tn_constants_new (const TnRunOptions *options, const TnCompiled *whole, const TnCompiled *rest)
{
  TnConstants *constants = g_new0 (TnConstants, 1);

  constants->options = *options;
  constants->all = g_ptr_array_new_with_free_func (constant_free);
  constants->by_label = g_hash_table_new (g_str_hash, g_str_equal);
  constants->odd = g_array_new (FALSE, FALSE, sizeof (TnOddWeight));
  g_array_set_clear_func (constants->odd, odd_clear);
  add_all (constants, whole);
  if (rest != NULL)
    add_all (constants, rest);
  note_readers (constants, whole);
  if (rest != NULL)
    note_readers (constants, rest);
  /* Whatever is made of others stands after them. */
  for (guint i = constants->all->len; i-- > 0;)
    {
      Constant *constant = constants->all->pdata[i];
      for (guint j = 0; j < TN_DERIVATION_SOURCES && is_needed (constant); j++)
        if (constant->sources[j] != NULL)
          constant->sources[j]->n_derived++;
    }
  return constants;
}

void
tn_constants_free (TnConstants *constants)
{
  if (constants == NULL)
    return;
  g_hash_table_unref (constants->by_label);
  g_ptr_array_unref (constants->all);
  g_array_unref (constants->odd);
  g_free (constants);
}

/* ---- filling ---- */

static gboolean
find_initializer (const Constant *constant, TnInitializer *initializer, GError **error)
{
  const TnWeightSpec *spec = constant->spec;
  g_autofree char *message = NULL;
  g_autoptr (TnValue) value = NULL;

  if (spec->initializer == TN_INITIALIZER_FILL)
    {
      *initializer = tn_initializer_constant (spec->fill);
      return TRUE;
    }
  /* Keras takes its default for weights where None is given. */
  if (spec->initializer >= 0)
    value = tn_node_value (constant->node, (guint)spec->initializer);
  if (value == NULL || tn_value_is_none (value))
    {
      g_clear_pointer (&value, tn_value_unref);
      value = tn_value_new_string ("glorot_uniform");
    }
  if (tn_initializer_parse (value, &spec->shape, initializer, &message))
    return TRUE;
  g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED, _ ("The %s of %s cannot be filled: %s"),
               spec->name, tn_node_name (constant->node), message);
  return FALSE;
}

gboolean
tn_constants_check (const TnConstants *constants, GError **error)
{
  for (guint i = 0; i < constants->all->len; i++)
    {
      const Constant *constant = constants->all->pdata[i];
      TnInitializer initializer;
      if (constant->derivation == NULL && constant->given == NULL
          && !find_initializer (constant, &initializer, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  const float *floats;
  gint64 n;
  gint any; /* atomic */
} Look;

static void
look_band (gint64 band, guint worker, gpointer data)
{
  const guint32 exponent = 0x7f800000;
  Look *look = data;
  gint64 last = MIN ((band + 1) * TN_BAND_ELEMENTS, look->n);
  guint32 any = 0;

  /* A number is not finite when all bits of its exponent are set. */
  for (gint64 i = band * TN_BAND_ELEMENTS; i < last; i++)
    {
      guint32 bits;
      memcpy (&bits, &look->floats[i], sizeof bits);
      any |= (bits & exponent) == exponent;
    }
  if (any != 0)
    g_atomic_int_set (&look->any, 1);
}

static void
look_for_odd (TnConstants *constants, const Constant *constant, const TnKernelContext *context)
{
  Look look = { .floats = constant->floats, .n = constant->elements };
  TnOddWeight odd = { 0 };

  tn_kernel_for (context, tn_op_bands (look.n, TN_BAND_ELEMENTS), look_band, &look);
  if (look.any == 0)
    return;
  for (gint64 i = 0; i < constant->elements; i++)
    odd.n_odd += !(constant->floats[i] - constant->floats[i] == 0);
  odd.node = tn_node_id (constant->node);
  odd.label = g_strdup (constant->label);
  g_array_append_val (constants->odd, odd);
}

static gboolean
is_borrowed (const Constant *constant)
{
  return constant->given != NULL && tn_tensor_dtype (constant->given) == TN_DTYPE_FLOAT32;
}

/* Every weight has its own stream, so none depends on which others there are. */
static gboolean
fill (const Making *making, Constant *constant)
{
  if (is_borrowed (constant))
    constant->floats = tn_tensor_floats (constant->given);
  else if (constant->given != NULL)
    tn_feed_given (constant->given, 0, 1, constant->elements, constant->block, making->context);
  else
    {
      TnInitializer initializer;
      if (!find_initializer (constant, &initializer, making->error))
        return FALSE;
      tn_initializer_fill (initializer, &constant->spec->shape,
                           tn_random_stream (making->constants->options.seed, constant->label),
                           constant->block, making->context);
    }
  if (constant->block != NULL)
    constant->floats = constant->block;
  look_for_odd (making->constants, constant, making->context);
  return TRUE;
}

/* ---- making ---- */

static guint64
plain_bytes (const Constant *constant)
{
  return tn_account_round (tn_account_product ((guint64)constant->elements, sizeof (float)));
}

static gboolean
hold (const Making *making, guint64 bytes, gpointer *block)
{
  if (making->context != NULL)
    return tn_account_alloc (making->account, bytes, block, making->error);
  tn_account_add (making->account, tn_account_round (bytes));
  return TRUE;
}

/* The plain numbers go when nobody is left to read them. */
static void
let_go (const Making *making, Constant *constant)
{
  if (!constant->is_made || constant->is_read || constant->n_waiting > 0)
    return;
  constant->floats = NULL;
  if (is_borrowed (constant))
    return;
  if (making->context != NULL)
    tn_account_free (making->account, g_steal_pointer (&constant->block), plain_bytes (constant));
  else
    tn_account_remove (making->account, plain_bytes (constant));
}

static gboolean make (const Making *making, Constant *constant);

static gboolean
derive (const Making *making, Constant *constant)
{
  const float *sources[TN_DERIVATION_SOURCES] = { NULL };

  for (guint i = 0; i < TN_DERIVATION_SOURCES; i++)
    if (constant->sources[i] != NULL)
      {
        if (!make (making, constant->sources[i]))
          return FALSE;
        sources[i] = constant->sources[i]->floats;
      }
  if (!hold (making, plain_bytes (constant), &constant->block))
    return FALSE;
  if (making->context != NULL)
    tn_derivation_fill (constant->derivation, sources, constant->elements, constant->block);
  constant->floats = constant->block;
  return TRUE;
}

static gboolean
make (const Making *making, Constant *constant)
{
  if (constant->is_made)
    return TRUE;
  if (g_cancellable_is_cancelled (making->cancellable))
    {
      g_set_error (making->error, TN_ERROR, TN_ERROR_CANCELLED, _ ("The run was stopped."));
      return FALSE;
    }
  if (constant->derivation != NULL)
    {
      if (!derive (making, constant))
        return FALSE;
    }
  else if ((!is_borrowed (constant) && !hold (making, plain_bytes (constant), &constant->block))
           || (making->context != NULL && !fill (making, constant)))
    return FALSE;
  constant->is_made = TRUE;
  for (guint i = 0; i < TN_DERIVATION_SOURCES; i++)
    if (constant->sources[i] != NULL)
      {
        constant->sources[i]->n_waiting--;
        let_go (making, constant->sources[i]);
      }
  for (guint i = 0; i < constant->packings->len; i++)
    {
      Packing *packing = &g_array_index (constant->packings, Packing, i);
      if (!hold (making, packing->bytes, &packing->block))
        return FALSE;
      if (making->context != NULL)
        packing->op->pack (&packing->sizes, constant->floats, packing->block);
    }
  let_go (making, constant);
  return TRUE;
}

static gboolean
make_all (const Making *making)
{
  const GPtrArray *all = making->constants->all;

  for (guint i = 0; i < all->len; i++)
    {
      Constant *constant = all->pdata[i];
      constant->n_waiting = constant->n_derived;
      constant->is_made = FALSE;
    }
  for (guint i = 0; i < all->len; i++)
    {
      Constant *constant = all->pdata[i];
      if ((constant->is_read || constant->packings->len > 0) && !make (making, constant))
        return FALSE;
    }
  return TRUE;
}

void
tn_constants_measure (const TnConstants *constants, guint64 *held, guint64 *peak)
{
  TnAccount account = { 0 };
  Making making = { .constants = (TnConstants *)constants, .account = &account };

  make_all (&making);
  *held = account.held;
  *peak = account.peak;
}

gboolean
tn_constants_make (TnConstants *constants, TnAccount *account, const TnKernelContext *context,
                   GCancellable *cancellable, GError **error)
{
  Making making = { .constants = constants,
                    .account = account,
                    .context = context,
                    .cancellable = cancellable,
                    .error = error };

  return make_all (&making);
}

void
tn_constants_clear (TnConstants *constants, TnAccount *account)
{
  for (guint i = 0; i < constants->all->len; i++)
    {
      Constant *constant = constants->all->pdata[i];
      for (guint j = 0; j < constant->packings->len; j++)
        {
          Packing *packing = &g_array_index (constant->packings, Packing, j);
          tn_account_free (account, g_steal_pointer (&packing->block), packing->bytes);
        }
      constant->floats = NULL;
      tn_account_free (account, g_steal_pointer (&constant->block), plain_bytes (constant));
    }
}

/* ---- reading ---- */

const float *
tn_constants_plain (const TnConstants *constants, const char *label)
{
  const Constant *constant = g_hash_table_lookup (constants->by_label, label);
  return constant != NULL ? constant->floats : NULL;
}

gconstpointer
tn_constants_packed (const TnConstants *constants, const TnCompiled *compiled,
                     const TnProgramCall *call)
{
  TnOpCall sizes = tn_compiled_sizes (compiled, call);

  if (!sizes.packed)
    return NULL;
  const Constant *constant = find (constants, compiled, call->inputs[call->op->weights]);
  const Packing *packing = find_packing (constant, call->op, call->op->packed_layout (&sizes),
                                         call->op->packed (&sizes));
  return packing->block;
}

const GArray *
tn_constants_odd (const TnConstants *constants)
{
  return constants->odd;
}
