/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which conditions on the values of symbols say something that others do not. */
#include "infer/tn-fits.h"

#include <string.h>

/* Where in the two shapes of an issue "fits-when" the two sizes stand; -1 for any other. */
static int
offending_axis (const TnIssue *issue)
{
  int axis = issue->axis == TN_AXIS_NONE ? 0 : issue->axis + issue->expected.rank;

  return strcmp (issue->code, "fits-when") == 0 && axis >= 0 && axis < issue->expected.rank
                 && axis < issue->received.rank
             ? axis
             : -1;
}

TnAgreement
tn_fits_condition (const TnIssue *issue)
{
  int axis = offending_axis (issue);

  if (axis < 0)
    return (TnAgreement){ .kind = TN_AGREES_UNKNOWN };
  return tn_agreement_judge (issue->expected.dims[axis], issue->received.dims[axis]);
}

/* What one issue asks for, and where it stands. */
typedef struct
{
  TnAgreement agreement;
  TnDim wanted, got;
  guint place;
} Condition;

/* More different conditions than this are not compared with each other. */
#define MOST_COMPARED 64

static void
condition_clear (gpointer data)
{
  tn_agreement_clear (&((Condition *)data)->agreement);
}

/* The same two sizes as before, as with many layers of one kind? */
static gboolean
is_told (const GArray *conditions, TnDim wanted, TnDim got)
{
  for (guint i = 0; i < conditions->len; i++)
    {
      const Condition *other = &g_array_index (conditions, Condition, i);

      if (tn_dim_identical (other->wanted, wanted) && tn_dim_identical (other->got, got))
        return TRUE;
    }
  return FALSE;
}

/* Of two that say the same the first stays. */
static gboolean
is_implied (const GArray *conditions, guint here)
{
  const TnAgreement *mine = &g_array_index (conditions, Condition, here).agreement;

  for (guint i = 0; i < conditions->len && mine->symbol != NULL; i++)
    {
      const TnAgreement *other = &g_array_index (conditions, Condition, i).agreement;

      if (i != here && other->symbol != NULL && tn_agreement_implies (other, mine)
          && (i < here || !tn_agreement_implies (mine, other)))
        return TRUE;
    }
  return FALSE;
}

void
tn_fits_drop_implied (GPtrArray *issues)
{
  g_autoptr (GArray) conditions = NULL;
  guint kept = 0;

  for (guint i = 0; i < issues->len; i++)
    {
      TnIssue *issue = issues->pdata[i];
      Condition condition = { .place = kept };
      int axis = offending_axis (issue);

      issues->pdata[kept++] = issue;
      if (axis < 0)
        continue;
      if (conditions == NULL)
        {
          conditions = g_array_new (FALSE, FALSE, sizeof (Condition));
          g_array_set_clear_func (conditions, condition_clear);
        }
      condition.wanted = issue->expected.dims[axis];
      condition.got = issue->received.dims[axis];
      if (is_told (conditions, condition.wanted, condition.got))
        {
          tn_issue_free (issue);
          kept--;
        }
      else if (conditions->len < MOST_COMPARED)
        {
          condition.agreement = tn_agreement_judge (condition.wanted, condition.got);
          g_array_append_val (conditions, condition);
        }
    }
  /* What was taken out stands twice now, behind the end. */
  for (guint i = kept; i < issues->len; i++)
    issues->pdata[i] = NULL;
  g_ptr_array_set_size (issues, (int)kept);
  /* From the back, so that the places before stay right. */
  for (guint i = conditions != NULL ? conditions->len : 0; i-- > 0;)
    if (is_implied (conditions, i))
      g_ptr_array_remove_index (issues, g_array_index (conditions, Condition, i).place);
}
