/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an issue says in the few words that a box has room for. */
#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-scene-private.h"

/* For codes whose issues have no expected shape; what is not here says its first clause. */
static const struct
{
  const char *code;
  const char *note;
} notes[] = {
  { "missing-input", N_ ("needs an input") },
  { "unknown-dim", N_ ("needs a known size") },
  { "window-size", N_ ("window larger than its input") },
  { "crop-size", N_ ("nothing left after cropping") },
  { "groups", N_ ("groups do not divide channels") },
  { "axis", N_ ("the input has no such axis") },
  { "rank", N_ ("too few or too many axes") },
  { "dropped-rows", N_ ("drops rows at the border") },
  { "size-one", N_ ("window on a size of 1") },
  { "size-zero", N_ ("puts out nothing") },
  { "broadcast", N_ ("stretches an input") },
  { "batch-axis", N_ ("works along the batch") },
  { "norm-one", N_ ("normalizes one number") },
  { "softmax-one", N_ ("softmax over one unit") },
  { "loss-activation", N_ ("loss and activation differ") },
  { "activation-twice", N_ ("a second activation") },
  { "linear-twice", N_ ("no activation before it") },
  { "dropout-norm", N_ ("dropout before it") },
  { "dropout-last", N_ ("dropout behind the end") },
  { "embedding-floats", N_ ("wants whole numbers") },
  { "same-twice", N_ ("the same input twice") },
  { "no-effect", N_ ("does nothing") },
  { "unused", N_ ("nothing uses it") },
  { "dense-large", N_ ("most of all weights") },
  { "overflow", N_ ("too large to be counted") },
  { "cannot-tell", N_ ("what it puts out is not known") },
  { "weights", N_ ("given weights do not fit") },
  { "non-finite", N_ ("gave infinity or not-a-number") },
};

/* No axis but the batch is asked for anything: the number of axes is what matters. */
static gboolean
only_rank (const TnShape *shape)
{
  for (int axis = 1; axis < shape->rank; axis++)
    if (tn_dim_is_known (shape->dims[axis]))
      return FALSE;
  return TRUE;
}

static char *
first_clause (const char *message)
{
  const char *end = message;

  /* A dot within a number or a name ends nothing. */
  for (; *end != '\0'; end++)
    if (*end == ';' || *end == '\n'
        || ((*end == '.' || *end == ':' || *end == ',') && (end[1] == ' ' || end[1] == '\0')))
      break;
  return g_strndup (message, (gsize)(end - message));
}

char *
tn_issue_note (const TnIssue *issue)
{
  /* A merging layer that has one already. */
  if (g_str_equal (issue->code, "missing-input") && issue->severity == TN_SEVERITY_WARNING)
    return g_strdup (_ ("needs another input"));
  if (g_str_equal (issue->code, "reshape-size") && tn_shape_elements (&issue->received, 1) > 0)
    {
      g_autofree char *count = tn_text_count (tn_shape_elements (&issue->received, 1));
      /* Translators: in the box of a Reshape: "7,744 elements do not fit". */
      return g_strdup_printf (_ ("%s elements do not fit"), count);
    }
  if (issue->expected.rank >= 0)
    {
      g_autofree char *shape = tn_shape_to_text (&issue->expected);

      if (g_str_equal (issue->code, "target-shape"))
        /* Translators: in the box of the labels, with a shape: "model gives (None, 256)". */
        return g_strdup_printf (_ ("model gives %s"), shape);
      if (issue->received.rank >= 0 && issue->received.rank != issue->expected.rank
          && only_rank (&issue->expected))
        /* Translators: in a layer's box, numbers of dimensions: "expects 2 dims, gets 4". */
        return g_strdup_printf (_ ("expects %d dims, gets %d"), issue->expected.rank,
                                issue->received.rank);
      /* Translators: in a layer's box, with a shape: "expects (None, 256)". */
      return g_strdup_printf (_ ("expects %s"), shape);
    }
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    if (g_str_equal (issue->code, notes[i].code))
      return g_strdup (_ (notes[i].note));
  if (issue->param != NULL)
    /* Translators: in a layer's box, with the name of a parameter: "kernel_size is not right". */
    return g_strdup_printf (_ ("%s is not right"), issue->param);
  return issue->message != NULL ? first_clause (issue->message) : g_strdup (issue->code);
}
