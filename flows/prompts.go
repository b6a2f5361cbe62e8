package flows

// Builtin is one of the recordings that come with the product. The audio
// lies in configs/freeswitch/sounds/<language>/<name>.wav.
type Builtin struct {
	Name string
	ZH   string
	EN   string
}

// Builtins are all recordings that come with the product: those that the
// sample flows and the queue's announcements speak, and the parts of which
// SayNumber and SayDigits put numbers together. The sounds are generated from
// this list, so a name may be added but never changes its meaning.
var Builtins = []Builtin{
	// What a flow says.
	{"welcome", "您好，欢迎致电客户服务中心。", "Hello, and welcome to our customer service centre."},
	{"recording_notice", "为了保证服务质量，您的通话可能会被录音。", "To keep our service good, your call may be recorded."},
	{"menu_main", "售前咨询请按 1，售后服务请按 2，人工服务请按 0，重听请按星号键。", "For sales press 1, for support press 2, for an agent press 0, to hear this again press star."},
	{"menu_support", "查询订单请按 1，报修请按 2，人工服务请按 0，返回上一级请按星号键。", "To ask about an order press 1, to report a fault press 2, for an agent press 0, to go back press star."},
	{"menu_message", "留言请按 1，结束通话请按 2。", "To leave a message press 1, to end the call press 2."},
	{"invalid_key", "您的输入有误。", "That is not a valid choice."},
	{"no_key", "没有收到您的按键。", "We did not receive your choice."},
	{"too_many_tries", "您的输入错误次数过多。", "There have been too many wrong entries."},
	{"enter_order", "请输入您的订单号，以井号键结束。", "Please enter your order number, and finish with the hash key."},
	{"you_entered", "您输入的是", "You entered"},
	{"confirm", "确认请按 1，重新输入请按 2。", "To confirm press 1, to enter it again press 2."},
	{"order_shipped", "您的订单已经发货。", "Your order has been shipped."},
	{"order_processing", "您的订单正在处理中。", "Your order is being processed."},
	{"order_unknown", "没有查到您的订单。", "We could not find your order."},
	{"closed", "您好，现在是非工作时间。", "Hello, our office is closed at the moment."},
	{"holiday", "您好，现在是节假日休息时间。", "Hello, our office is closed for the holiday."},
	{"office_hours", "我们的工作时间是周一至周五九点到十八点。", "Our hours are Monday to Friday, nine to eighteen."},
	{"leave_message", "请在嘀声后留言，按井号键结束。", "Please leave a message after the tone, and finish with the hash key."},
	{"message_saved", "您的留言已保存，我们会尽快与您联系。", "Your message has been saved, we will get back to you soon."},
	{"please_wait", "正在为您转接，请稍候。", "Please hold while we connect you."},
	{"transferring", "正在为您转接专家，请稍候。", "Please hold while we connect you to a specialist."},
	{"thank_you", "感谢您的来电。", "Thank you for your call."},
	{"goodbye", "再见。", "Goodbye."},
	{"press_any_key", "请按任意键继续。", "Press any key to go on."},

	// What the queue says.
	{"all_busy", "坐席全忙，请您继续等待。", "All our agents are busy, please stay on the line."},
	{"still_waiting", "坐席仍在忙碌，感谢您的耐心等待。", "Our agents are still busy, thank you for your patience."},
	{"no_agent", "抱歉，暂时没有坐席为您服务。", "Sorry, no agent is available at the moment."},
	{"queue_full", "当前排队人数较多，请您稍后再拨。", "Too many callers are waiting, please call again later."},
	{"queue_position_prefix", "您前面还有", "Callers ahead of you:"},
	{"queue_position_suffix", "位。", "."},
	{"queue_next", "您是下一位。", "You are next in line."},
	{"wait_estimate_prefix", "预计等待", "The estimated wait is"},
	{"wait_estimate_suffix", "分钟。", "minutes."},
	{"wait_under_minute", "预计等待不到一分钟。", "The estimated wait is less than a minute."},
	{"agent_prefix", "工号", "Agent number"},
	{"agent_suffix", "为您服务。", "is at your service."},
	{"hold_notice", "请稍候，坐席马上回来。", "One moment please, the agent will be right back."},

	// What a caller who waits may choose, and what a call back says.
	{"offer_callback", "您也可以不必等待，需要我们按排队顺序给您回电请按 1，留言请按 2。", "You need not wait: to be called back when it is your turn press 1, to leave a message press 2."},
	{"callback_saved", "已为您登记回电，轮到您时我们会拨打您的来电号码。", "We have noted your number and will call you back when it is your turn."},
	{"callback_hello", "您好，这里是您预约的客服回电，请稍候，座席马上与您通话。", "Hello, this is the call back you asked for. One moment please, the agent is with you right away."},
	{"party_joined", "有一方加入通话。", "A party has joined the call."},
	{"party_left", "有一方已离开通话。", "A party has left the call."},

	// What the switchboard says where no flow can.
	{"no_flow", "您好，您拨打的号码暂未开通服务，请稍后再拨。", "Hello, the number you have dialled is not in service yet, please call again later."},
	{"apology", "抱歉，系统繁忙，请您稍后再拨。", "We are sorry, our system is busy, please call again later."},
	{"limit", "当前来电较多，请您稍后再拨。", "We are receiving many calls, please call again later."},
	{"callee_busy", "您拨打的电话正在通话中，请稍后再拨。", "The number you have dialled is busy, please call again later."},
	{"callee_no_answer", "您拨打的电话无人接听，请稍后再拨。", "The number you have dialled does not answer, please call again later."},
	{"callee_failed", "您拨打的电话暂时无法接通，请稍后再拨。", "The number you have dialled cannot be reached, please call again later."},

	// What a satisfaction survey says.
	{"survey_ask", "请对本次服务作出评价，满意请按 1，一般请按 2，不满意请按 3。", "Please rate our service: press 1 for good, 2 for fair, 3 for poor."},
	{"survey_praise", "感谢您的肯定，请告诉我们您最满意的方面：专业请按 1，友好请按 2，迅速请按 3。", "Thank you. What did you like most? Press 1 for skill, 2 for friendliness, 3 for speed."},
	{"survey_reasons", "请告诉我们原因：服务态度请按 1，业务能力请按 2，等待时间请按 3。", "Please tell us why: press 1 for the manner, 2 for the knowledge, 3 for the wait."},
	{"survey_thanks", "感谢您的评价。", "Thank you for your rating."},

	// Parts of numbers.
	{"d0", "零", "zero"},
	{"d1", "一", "one"},
	{"d2", "二", "two"},
	{"d3", "三", "three"},
	{"d4", "四", "four"},
	{"d5", "五", "five"},
	{"d6", "六", "six"},
	{"d7", "七", "seven"},
	{"d8", "八", "eight"},
	{"d9", "九", "nine"},
	{"yao", "幺", "one"},
	{"liang", "两", "two"},
	{"ten", "十", "ten"},
	{"n11", "十一", "eleven"},
	{"n12", "十二", "twelve"},
	{"n13", "十三", "thirteen"},
	{"n14", "十四", "fourteen"},
	{"n15", "十五", "fifteen"},
	{"n16", "十六", "sixteen"},
	{"n17", "十七", "seventeen"},
	{"n18", "十八", "eighteen"},
	{"n19", "十九", "nineteen"},
	{"n20", "二十", "twenty"},
	{"n30", "三十", "thirty"},
	{"n40", "四十", "forty"},
	{"n50", "五十", "fifty"},
	{"n60", "六十", "sixty"},
	{"n70", "七十", "seventy"},
	{"n80", "八十", "eighty"},
	{"n90", "九十", "ninety"},
	{"hundred", "百", "hundred"},
	{"thousand", "千", "thousand"},
	{"wan", "万", "ten thousand"},
	{"million", "百万", "million"},
	{"yi", "亿", "hundred million"},
	{"billion", "十亿", "billion"},
	{"minus", "负", "minus"},
	{"star", "星号", "star"},
	{"hash", "井号", "hash"},
	{"plus", "加", "plus"},

	// Parts of amounts, dates and times.
	{"yuan", "元", "yuan"},
	{"jiao", "角", "jiao"},
	{"fen", "分", "fen"},
	{"point", "点", "point"},
	{"year", "年", "year"},
	{"oclock", "点", "o'clock"},
	{"minute", "分", "minutes"},
	{"month1", "一月", "January"},
	{"month2", "二月", "February"},
	{"month3", "三月", "March"},
	{"month4", "四月", "April"},
	{"month5", "五月", "May"},
	{"month6", "六月", "June"},
	{"month7", "七月", "July"},
	{"month8", "八月", "August"},
	{"month9", "九月", "September"},
	{"month10", "十月", "October"},
	{"month11", "十一月", "November"},
	{"month12", "十二月", "December"},
	{"day1", "一日", "first"},
	{"day2", "二日", "second"},
	{"day3", "三日", "third"},
	{"day4", "四日", "fourth"},
	{"day5", "五日", "fifth"},
	{"day6", "六日", "sixth"},
	{"day7", "七日", "seventh"},
	{"day8", "八日", "eighth"},
	{"day9", "九日", "ninth"},
	{"day10", "十日", "tenth"},
	{"day11", "十一日", "eleventh"},
	{"day12", "十二日", "twelfth"},
	{"day13", "十三日", "thirteenth"},
	{"day14", "十四日", "fourteenth"},
	{"day15", "十五日", "fifteenth"},
	{"day16", "十六日", "sixteenth"},
	{"day17", "十七日", "seventeenth"},
	{"day18", "十八日", "eighteenth"},
	{"day19", "十九日", "nineteenth"},
	{"day20", "二十日", "twentieth"},
	{"day30", "三十日", "thirtieth"},
}

var builtinNames = func() map[string]bool {
	m := make(map[string]bool, len(Builtins))
	for _, b := range Builtins {
		m[b.Name] = true
	}
	return m
}()

// IsBuiltin tells whether a recording of that name comes with the product.
func IsBuiltin(name string) bool { return builtinNames[name] }
