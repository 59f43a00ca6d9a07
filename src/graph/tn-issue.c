/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Issues and reports; the table of all issue codes. */
#include "graph/tn-issue.h"

#include <string.h>

#include "base/tn-i18n.h"

static const TnIssueCode issue_codes[] = {
  { "param", N_ ("A parameter is missing, is of the wrong kind or is out of range.") },
  { "missing-input", N_ ("Nothing is wired to an input that the layer needs.") },
  { "too-many-inputs", N_ ("A layer is called with more tensors than it takes.") },
  { "call-form",
    N_ ("A layer is called with its tensors one by one where Keras wants a list of them, or with a "
        "list where it wants them one by one.") },
  { "missing-output", N_ ("What a layer reads is no longer put out by the layer it is wired to.") },
  { "model-input", N_ ("A model within the model was made for other shapes than what arrives.") },
  { "rank", N_ ("What arrives has more or fewer dimensions than the layer works on.") },
  { "dense-rank",
    N_ ("A Dense is fed more than two dimensions: refused where the model's rule is "
        "“flat”, a warning where it is “any”, because Keras works on the last axis.") },
  { "dense-width", N_ ("The kernel of a Dense was made for another number of features.") },
  { "kernel-width", N_ ("The weights of a layer were made for another number of channels.") },
  { "unknown-dim", N_ ("A size that the layer needs for its weights is not known.") },
  { "states",
    N_ ("The initial states of a recurrent layer are not as many or not of the shape that it "
        "remembers.") },
  { "reshape-size",
    N_ ("The target shape of a Reshape does not hold as many elements as arrive.") },
  { "merge-shape", N_ ("The inputs of a merging layer do not fit one another.") },
  { "attention-shape", N_ ("Query, value and key of an attention layer do not fit one another.") },
  { "concat-shape",
    N_ ("The inputs of a Concatenate differ in an axis other than the joined one.") },
  { "window-size",
    N_ ("The window of a convolution or pooling is larger than what it slides over.") },
  { "crop-size", N_ ("A cropping takes off all that there is along an axis.") },
  { "einsum-shape", N_ ("The sizes that an EinsumDense is to put out are not what arrives.") },
  { "fits-when",
    N_ ("Sizes with names, as H in (None, H, W, 3), fit for some values of the names only.") },
  { "groups", N_ ("The number of groups does not divide the channels.") },
  { "axis", N_ ("An axis is named that the input does not have.") },
  { "input-length", N_ ("An Embedding promises another number of steps than arrive.") },
  { "cannot-tell",
    N_ ("What a layer puts out cannot be told, because it is no layer of Keras's own.") },
  { "overflow", N_ ("A size is too large to be counted.") },
  { "target-shape", N_ ("The labels (Target) do not have the shape that the model puts out.") },
  { "dropped-rows",
    N_ ("A convolution or pooling never looks at a tenth or more of the rows, because no whole "
        "window fits at the end, or because it skips them.") },
  { "size-one", N_ ("A window slides over a size of 1, where it meets nothing but padding.") },
  { "size-zero", N_ ("A layer puts out a size of 0: no numbers at all.") },
  { "broadcast", N_ ("A merging layer stretches an input to the size of the others.") },
  { "batch-axis", N_ ("A layer works along the batch, or takes the batch for features.") },
  { "norm-one", N_ ("A normalization takes one number at a time, which it makes 0.") },
  { "softmax-one", N_ ("A softmax over one unit, which always gives 1.") },
  { "loss-activation",
    N_ ("The activation of the last layer is not the one that the loss needs.") },
  { "activation-twice", N_ ("An activation is applied to what went through one already.") },
  { "linear-twice", N_ ("Two Dense with no activation between them can do no more than one.") },
  { "dropout-norm", N_ ("A dropout stands before the statistics of a BatchNormalization.") },
  { "dropout-last", N_ ("A dropout stands behind the last layer.") },
  { "embedding-floats", N_ ("An Embedding, which looks whole numbers up, is fed fractions.") },
  { "same-twice", N_ ("A merging layer is wired to the same layer twice.") },
  { "no-effect", N_ ("A layer hands on exactly what arrives.") },
  { "unused", N_ ("Nothing uses what a layer puts out, and it is no output of the model.") },
  { "dense-large",
    N_ ("A Dense behind a Flatten holds more than nine in ten of all weights, and many.") },
  { "weights", N_ ("Given weights do not fit the layers.") },
  { "data-shape", N_ ("Given data or labels do not have the shape that the model takes.") },
  { "data-samples", N_ ("Given arrays do not have the same number of samples.") },
  { "non-finite",
    N_ ("A run met infinity or not-a-number, in a weight or in what a layer gave; the first layer "
        "that gave it is marked.") },
  { "cycle", N_ ("A wire was refused because it would close a cycle.") },
  { "wire", N_ ("A wire was refused because its end takes no input.") },
  { "name", N_ ("A name was refused because it is empty, taken, or has a “/”.") },
  { "stale", N_ ("A repair was refused because the model has changed since it was tried.") },
  { NULL, NULL },
};

const TnIssueCode *
tn_issue_codes (void)
{
  return issue_codes;
}

static const char *
issue_code (const char *code)
{
  for (const TnIssueCode *entry = issue_codes; entry->code != NULL; entry++)
    if (strcmp (entry->code, code) == 0)
      return entry->code;
  g_error ("issue code “%s” is in no table", code);
}

const char *
tn_severity_name (TnSeverity severity)
{
  static const char *const names[] = {
    [TN_SEVERITY_ERROR] = "error",
    [TN_SEVERITY_CONTRACT] = "contract",
    [TN_SEVERITY_WARNING] = "warning",
  };

  return names[severity];
}

static void
provenance_clear (gpointer data)
{
  g_free (((TnProvenance *)data)->text);
}

void
tn_issue_add_provenance (TnIssue *issue, TnProvenance link)
{
  if (issue->provenance == NULL)
    {
      issue->provenance = g_array_new (FALSE, FALSE, sizeof (TnProvenance));
      g_array_set_clear_func (issue->provenance, provenance_clear);
    }
  g_array_append_val (issue->provenance, link);
}

TnIssue *
tn_issue_copy (const TnIssue *issue)
{
  TnIssue *copy = g_memdup2 (issue, sizeof *issue);

  copy->message = g_strdup (issue->message);
  copy->provenance = NULL;
  for (guint i = 0; issue->provenance != NULL && i < issue->provenance->len; i++)
    {
      TnProvenance link = g_array_index (issue->provenance, TnProvenance, i);

      link.text = g_strdup (link.text);
      tn_issue_add_provenance (copy, link);
    }
  return copy;
}

void
tn_issue_free (TnIssue *issue)
{
  if (issue == NULL)
    return;
  g_free (issue->message);
  g_clear_pointer (&issue->provenance, g_array_unref);
  g_free (issue);
}

struct _TnReport
{
  GPtrArray *issues; /* owned, of TnIssue */
};

TnReport *
tn_report_new (void)
{
  TnReport *report = g_new0 (TnReport, 1);

  report->issues = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_issue_free);
  return report;
}

void
tn_report_free (TnReport *report)
{
  if (report == NULL)
    return;
  g_ptr_array_unref (report->issues);
  g_free (report);
}

TnIssue *
tn_report_add (TnReport *report, TnSeverity severity, const char *code, TnNodeId node,
               const char *format, ...)
{
  TnIssue *issue;
  va_list args;

  if (report == NULL)
    return NULL;
  issue = g_new0 (TnIssue, 1);
  issue->severity = severity;
  issue->code = issue_code (code);
  issue->node = node;
  issue->slot = -1;
  issue->axis = TN_AXIS_NONE;
  issue->expected = tn_shape_none ();
  issue->received = tn_shape_none ();
  va_start (args, format);
  issue->message = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (report->issues, issue);
  return issue;
}

guint
tn_report_size (const TnReport *report)
{
  return report->issues->len;
}

const TnIssue *
tn_report_issue (const TnReport *report, guint index)
{
  g_return_val_if_fail (index < report->issues->len, NULL);
  return report->issues->pdata[index];
}

const char *
tn_report_first (const TnReport *report)
{
  return report->issues->len > 0 ? tn_report_issue (report, 0)->message : NULL;
}
